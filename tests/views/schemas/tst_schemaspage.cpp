// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/folders.h"
#include "tests/support/manualclock.h"
#include "tests/views/fakedatasource.h"
#include "views/schemas/schemaspage.h"
#include "views/schemas/schemawords.h"
#include "views/theme/theme.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/tableview.h"

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QPlainTextEdit>
#include <QSettings>
#include <QSlider>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

/// A folder of schemas, judged as the console judges it.
class FolderSource final : public views::SchemaSource
{
public:
    explicit FolderSource(QString folder)
        : m_folder(std::move(folder))
    {
        OwnedEvent event{.eventType = u"order.created"_s, .producer = {.team = u"order-team"_s}};
        event.consumers = {{.team = u"payment-team"_s, .service = u"payment-service"_s, .fields = {u"customer_id"_s}},
                           {.team = u"mail-team"_s, .service = u"mail-service"_s, .fields = {u"note"_s}}};
        GovernanceRules rules;
        rules.schemaChangeNoticeDays = 7;
        m_catalog = Catalog({event}, {}, rules);
    }
    Result<SchemaSheet> schemas(std::stop_token) override
    {
        if (failure)
            return tl::unexpected(*failure);
        return schemaSheetOf(m_folder, options());
    }
    Result<SchemaStep> schemaStep(const QString& event, int from, int to, std::stop_token) override
    {
        return schemaStepOf(m_folder, event, from, to, options());
    }
    std::optional<Error> failure; // set before the screen asks

private:
    [[nodiscard]] CompatibilityOptions options() const { return {.catalog = &m_catalog, .today = QDate(2026, 11, 26)}; }
    QString m_folder;
    Catalog m_catalog;
};

} // namespace

class TstSchemasPage final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void worstFirst();
    void twoVersionsSideBySide();
    void theSliderChoosesTheStep();
    void anEventByName();
    void oneVersionHasNothingToCompare();
    void nothingThere();
    void couldNotBeHad();
    void whatDoesNotRead();
    void pictures();

private:
    void write(const QString& path, const QByteArray& text) const
    {
        const QString whole = m_dir->filePath(path);
        QDir().mkpath(QFileInfo(whole).path());
        QFile file(whole);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    void build()
    {
        m_source = std::make_unique<FolderSource>(m_dir->path());
        m_page = std::make_unique<SchemasPage>(ViewContext{*m_data, *m_settings, m_prompter}, *m_source);
        m_page->resize(1300, 820);
        m_page->show();
    }
    void load()
    {
        build();
        m_page->refresh();
        QTRY_VERIFY(m_page->isSettled());
    }
    template<typename T>
    T* part(const QString& name) const
    {
        T* found = m_page->findChild<T*>(name);
        if (!found)
            qFatal("no %s", qPrintable(name));
        return found;
    }
    [[nodiscard]] QStringList rows(const QString& table, int column) const
    {
        QStringList texts;
        const QAbstractItemModel* model = part<TableView>(table)->model();
        for (int row = 0; row < model->rowCount(); ++row)
            texts.append(model->index(row, column).data().toString());
        return texts;
    }

    test::ManualClock m_clock;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<test::FakeDataSource> m_data;
    std::unique_ptr<ViewSettings> m_settings;
    DialogPrompter m_prompter;
    std::unique_ptr<FolderSource> m_source;
    std::unique_ptr<SchemasPage> m_page;
};

void TstSchemasPage::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(u"spillway-test"_s);
    QCoreApplication::setApplicationName(u"tst_schemaspage"_s);
    m_theme = std::make_unique<Theme>(*qobject_cast<QApplication*>(QCoreApplication::instance()));
    m_theme->setMode(Theme::Mode::Light);
}

void TstSchemasPage::init()
{
    QSettings().clear();
    m_dir = std::make_unique<QTemporaryDir>();
    m_data = std::make_unique<test::FakeDataSource>(m_clock.now());
    m_settings = std::make_unique<ViewSettings>(m_clock);
    write(u"order/order.created.v1.json"_s, R"({
  "type": "object",
  "properties": {
    "customer_id": {"type": "string"}
  }
})");
    write(u"order/order.created.v2.json"_s, R"({
  "type": "object",
  "properties": {
    "customer_id": {"type": "string"},
    "note": {"type": "string"}
  }
})");
    write(u"order/order.created.v3.json"_s, R"({
  "type": "object",
  "properties": {
    "customer_id": {"type": "integer"},
    "note": {"type": "string"}
  }
})");
    write(u"audit/audit.written.v1.avsc"_s, R"({"type": "record", "name": "A", "fields": []})");
    write(u"audit/audit.written.v2.avsc"_s,
          R"({"type": "record", "name": "A", "fields": [{"name": "x", "type": "int", "default": 1}]})");
    write(u"user/user.left.v1.json"_s, R"({"type": "object"})");
}

void TstSchemasPage::cleanup()
{
    m_page.reset();
    waitForLoads();
}

void TstSchemasPage::worstFirst()
{
    load();
    QCOMPARE(m_page->headlineText(), u"1 of 3 events breaks with its newest version: order.created"_s);
    QCOMPARE(rows(u"schemaEvents"_s, 0), (QStringList{u"order.created"_s, u"audit.written"_s, u"user.left"_s}));
    QCOMPARE(rows(u"schemaEvents"_s, 1), (QStringList{u"v1–v3"_s, u"v1–v2"_s, u"v1"_s}));
    const QAbstractItemModel* model = part<TableView>(u"schemaEvents"_s)->model();
    QStringList words;
    for (int row = 0; row < model->rowCount(); ++row)
        words.append(model->index(row, 3).data(MarkRole).value<CellMark>().word);
    QCOMPARE(words, (QStringList{u"1 break"_s, u"compatible"_s, u"one version"_s}));
}

void TstSchemasPage::twoVersionsSideBySide()
{
    load();
    QCOMPARE(part<PlainTextLabel>(u"schemaName"_s)->fullText(), u"order.created"_s);
    QVERIFY(part<QPlainTextEdit>(u"oldSchema"_s)->toPlainText().contains(u"\"customer_id\": {\"type\": \"string\"}"));
    QVERIFY(part<QPlainTextEdit>(u"newSchema"_s)->toPlainText().contains(u"\"customer_id\": {\"type\": \"integer\"}"));
    QCOMPARE(part<TableView>(u"schemaChanges"_s)->model()->rowCount(), 1);
    // The changed line is marked on both sides.
    for (const QString& side : {u"oldSchema"_s, u"newSchema"_s}) {
        const auto marks = part<QPlainTextEdit>(side)->extraSelections();
        QCOMPARE(marks.size(), 1);
        QCOMPARE(marks.first().cursor.blockNumber() + 1, 4);
    }
    const QString example = part<PlainTextLabel>(u"schemaExample"_s)->fullText();
    QVERIFY2(example.startsWith(u"v2 accepts and v3 refuses:  {\"customer_id\":"), qPrintable(example));
    const QString impact = part<PlainTextLabel>(u"schemaImpact"_s)->fullText();
    QVERIFY2(impact.contains(u"Breaks payment-service (payment-team): reads customer_id"), qPrintable(impact));
    QVERIFY2(!impact.contains(u"mail-service"), qPrintable(impact));
    QVERIFY2(impact.contains(u"Told today, it may come on 2026-12-03: 7 days' notice."), qPrintable(impact));
    QCOMPARE(rows(u"schemaPolicies"_s, 0),
             (QStringList{u"confluent-strict"_s, u"confluent-lenient"_s, u"optional-friendly"_s, u"seed"_s}));
}

void TstSchemasPage::theSliderChoosesTheStep()
{
    load();
    auto* slider = part<QSlider>(u"toVersion"_s);
    QCOMPARE(slider->value(), 2); // v3
    slider->setFocus();
    QTest::keyClick(slider, Qt::Key_Left);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(part<PlainTextLabel>(u"toVersionText"_s)->fullText(), u"v2"_s);
    QCOMPARE(part<QComboBox>(u"fromVersion"_s)->currentText(), u"v1"_s);
    QVERIFY(!part<QPlainTextEdit>(u"oldSchema"_s)->toPlainText().contains(u"note"));
    slider->setValue(2);
    part<QComboBox>(u"fromVersion"_s)->setCurrentIndex(0); // v1 to v3
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY(!part<QPlainTextEdit>(u"oldSchema"_s)->toPlainText().contains(u"note"));
    QVERIFY(part<QPlainTextEdit>(u"newSchema"_s)->toPlainText().contains(u"integer"));
    QVERIFY(part<TableView>(u"schemaChanges"_s)->model()->rowCount() >= 2);
}

void TstSchemasPage::anEventByName()
{
    build();
    m_page->open(u"audit.written"_s);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(part<PlainTextLabel>(u"schemaName"_s)->fullText(), u"audit.written"_s);
    QVERIFY(part<PlainTextLabel>(u"schemaMeaning"_s)->fullText().startsWith(u"Avro · v1–v2"));
    QCOMPARE(rows(u"schemaPolicies"_s, 0), QStringList{u"Avro"_s});
}

void TstSchemasPage::oneVersionHasNothingToCompare()
{
    build();
    m_page->open(u"user.left"_s);
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY(!part<QSlider>(u"toVersion"_s)->isVisible());
    QVERIFY(part<PlainTextLabel>(u"schemaMeaning"_s)->isVisible());
}

void TstSchemasPage::nothingThere()
{
    m_dir = std::make_unique<QTemporaryDir>();
    load();
    QCOMPARE(m_page->statePane().state(), StatePane::State::Empty);
    QVERIFY(m_page->statePane().stateText().contains(u"spillway.yaml"));
}

void TstSchemasPage::couldNotBeHad()
{
    build();
    m_source->failure = Error{ErrorCode::Unreachable, u"the disk is gone"_s};
    m_page->refresh();
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(m_page->statePane().state(), StatePane::State::Failed);
}

void TstSchemasPage::whatDoesNotRead()
{
    write(u"order/order.created.v4.json"_s, "{");
    load();
    QCOMPARE(m_page->headlineText(), u"1 of 3 schemas do not read; until they do, no change is judged"_s);
    const QAbstractItemModel* model = part<TableView>(u"schemaEvents"_s)->model();
    QCOMPARE(model->index(0, 3).data(MarkRole).value<CellMark>().word, u"does not read"_s);
    QVERIFY(part<PlainTextLabel>(u"schemaMeaning"_s)->fullText().contains(u"order.created.v4.json:1:"));
}

/// For people to look at, in the build's folder `screens`.
void TstSchemasPage::pictures()
{
    const QDir folder(test::buildFile(u"screens"_s));
    QVERIFY(folder.mkpath(u"."_s));
    load();
    for (const Theme::Mode mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
        m_theme->setMode(mode);
        const QPixmap picture = m_page->grab();
        QVERIFY(
            picture.save(folder.filePath(mode == Theme::Mode::Dark ? u"schemas-dark.png"_s : u"schemas-light.png"_s)));
    }
    m_theme->setMode(Theme::Mode::Light);
}

QTEST_MAIN(TstSchemasPage)
#include "tst_schemaspage.moc"
