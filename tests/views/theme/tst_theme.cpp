// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/folders.h"
#include "views/theme/fonts.h"
#include "views/theme/icons.h"
#include "views/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QPixmap>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

class ThemeTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void contrastIsTheFormulaOfWcag();
    void everyPairCanBeRead_data();
    void everyPairCanBeRead();
    void lightAndDarkChangeAtOnce();
    void thePaletteTellsItsTokens();
    void anIconIsDrawnInTheTextColour();
    void everyIconDraws_data();
    void everyIconDraws();
    void digitsAreTabular();

private:
    std::unique_ptr<Theme> m_theme;
};

void ThemeTest::initTestCase()
{
    m_theme = std::make_unique<Theme>(*qobject_cast<QApplication*>(QCoreApplication::instance()));
    m_theme->setMode(Theme::Mode::Light);
}

void ThemeTest::contrastIsTheFormulaOfWcag()
{
    QVERIFY(qAbs(contrastRatio(Qt::black, Qt::white) - 21.0) < 1e-9);
    QVERIFY(qAbs(contrastRatio(Qt::white, Qt::white) - 1.0) < 1e-9);
    QVERIFY(qAbs(contrastRatio(QColor(0x767676), Qt::white) - 4.54) < 0.01); // the well-known lightest readable grey
}

void ThemeTest::everyPairCanBeRead_data()
{
    QTest::addColumn<QColor>("ink");
    QTest::addColumn<QColor>("ground");
    QTest::addColumn<double>("atLeast");
    for (const Tokens& t : {lightTokens(), darkTokens()}) {
        const char* look = t.isDark ? "dark" : "light";
        const std::pair<const char*, QColor> grounds[]{
            {"window", t.window}, {"surface", t.surface}, {"raised", t.raised}, {"selection", t.selection}};
        const std::pair<const char*, QColor> inks[]{
            {"text", t.text},       {"muted", t.muted},       {"accent", t.accent},  {"ok", t.ok},
            {"warning", t.warning}, {"critical", t.critical}, {"unknown", t.unknown}};
        for (const auto& [groundName, ground] : grounds) {
            for (const auto& [inkName, ink] : inks)
                QTest::addRow("%s: %s on %s", look, inkName, groundName) << ink << ground << 4.5;
        }
        for (std::size_t i = 0; i < t.series.size(); ++i)
            QTest::addRow("%s: series %d as a line on surface", look, static_cast<int>(i) + 1)
                << t.series[i] << t.surface << 3.0;
        QTest::addRow("%s: text on accent", look) << t.onAccent << t.accent << 4.5;
    }
    const std::pair<const char*, Environment> badges[]{{"production", Environment::Production},
                                                       {"staging", Environment::Staging},
                                                       {"development", Environment::Development}};
    for (const auto& [name, environment] : badges)
        QTest::addRow("badge: %s", name) << environmentText() << environmentColour(environment) << 4.5;
}

void ThemeTest::everyPairCanBeRead()
{
    QFETCH(QColor, ink);
    QFETCH(QColor, ground);
    QFETCH(double, atLeast);
    const double ratio = contrastRatio(ink, ground);
    QVERIFY2(ratio >= atLeast,
             qPrintable(u"%1 on %2 is %3 : 1"_s.arg(ink.name(), ground.name()).arg(ratio, 0, 'f', 2)));
}

void ThemeTest::lightAndDarkChangeAtOnce()
{
    QSignalSpy changed(m_theme.get(), &Theme::changed);
    m_theme->setMode(Theme::Mode::Dark);
    QCOMPARE(QApplication::palette().color(QPalette::Window), darkTokens().window);
    QCOMPARE(changed.size(), 1);
    m_theme->setMode(Theme::Mode::Dark);
    QCOMPARE(changed.size(), 1);
    m_theme->setMode(Theme::Mode::Light);
    QCOMPARE(QApplication::palette().color(QPalette::Window), lightTokens().window);
    QCOMPARE(changed.size(), 2);
}

void ThemeTest::thePaletteTellsItsTokens()
{
    QVERIFY(tokensFor(paletteFor(darkTokens())).isDark);
    QVERIFY(!tokensFor(paletteFor(lightTokens())).isDark);
}

void ThemeTest::anIconIsDrawnInTheTextColour()
{
    for (const Theme::Mode mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
        m_theme->setMode(mode);
        const Tokens& tokens = mode == Theme::Mode::Dark ? darkTokens() : lightTokens();
        const QImage image = icon(u"close").pixmap(64, 64).toImage();
        bool found = false;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                found = found ||
                        (image.pixelColor(x, y).alpha() == 255 && image.pixelColor(x, y).rgb() == tokens.text.rgb());
        }
        QVERIFY(found);
    }
    m_theme->setMode(Theme::Mode::Light);
}

void ThemeTest::everyIconDraws_data()
{
    QTest::addColumn<QString>("name");
    const QStringList files = QDir(test::sourceFile(u"resources/icons"_s)).entryList({u"*.svg"_s}, QDir::Files);
    QVERIFY(!files.isEmpty());
    for (const QString& file : files)
        QTest::newRow(qPrintable(file)) << file.chopped(4);
}

void ThemeTest::everyIconDraws()
{
    QFETCH(QString, name);
    const QImage image = icon(name).pixmap(16, 16).toImage();
    int inked = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            inked += image.pixelColor(x, y).alpha() > 64 ? 1 : 0;
    }
    QVERIFY2(inked > 8, "an icon draws strokes");
    QVERIFY2(inked < 200, "an icon is strokes, not a filled square");
}

void ThemeTest::digitsAreTabular()
{
    const QFontMetricsF metrics(uiFont());
    QCOMPARE(tabularWidth(u"1111"_s, metrics), tabularWidth(u"8888"_s, metrics));
}

QTEST_MAIN(ThemeTest)
#include "tst_theme.moc"
