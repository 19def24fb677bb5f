// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/charts/chartdata.h"
#include "views/charts/stackedbars.h"
#include "views/theme/theme.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

const UtcTime start = utcFromMs(1'790'000'000'000);

UtcTime at(int second)
{
    return start + Millis{second * 1000};
}

ChartData data(std::vector<TimePoint> points, int toSecond, int gapSeconds)
{
    ChartData chart;
    chart.series.push_back({u"lag"_s, std::move(points)});
    chart.from = start;
    chart.to = at(toSecond);
    chart.gapAfter = Millis{gapSeconds * 1000};
    return chart;
}

} // namespace

class ChartsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void gaps_data();
    void gaps();
    void atMostFourTicks_data();
    void atMostFourTicks();
    void amountsIncludeZeroAndThePromise();
    void aShareNeverEndsAboveAll();
    void unknownIsAnEmptyCell();
    void theCrosshairReadsAllChartsAtOneInstant();
    void theCrosshairSaysWhereNothingIsKnown();
    void draggingZoomsAllChartsAndEscapeReturns();
    void aChartIsAPictureAndAVectorPicture();
    void coloursFollowTheTheme();
    void barsSpeakTheirTotals();

private:
    std::unique_ptr<Theme> m_theme;
};

void ChartsTest::initTestCase()
{
    m_theme = std::make_unique<Theme>(*qobject_cast<QApplication*>(QCoreApplication::instance()));
    m_theme->setMode(Theme::Mode::Light);
    qRegisterMetaType<std::optional<UtcTime>>();
    qRegisterMetaType<UtcTime>();
}

void ChartsTest::gaps_data()
{
    QTest::addColumn<std::vector<TimePoint>>("points");
    QTest::addColumn<std::vector<TimeSpan>>("spans");
    QTest::newRow("no sample at all is one gap") << std::vector<TimePoint>{} << std::vector<TimeSpan>{{at(0), at(100)}};
    QTest::newRow("samples in step leave no gap")
        << std::vector<TimePoint>{{at(0), 1}, {at(20), 2}, {at(40), 1}, {at(60), 0}, {at(80), 1}, {at(100), 1}}
        << std::vector<TimeSpan>{};
    QTest::newRow("a hole between two samples is a gap")
        << std::vector<TimePoint>{{at(0), 1}, {at(20), 2}, {at(80), 1}, {at(100), 1}}
        << std::vector<TimeSpan>{{at(20), at(80)}};
    QTest::newRow("silence at the end is a gap")
        << std::vector<TimePoint>{{at(0), 1}, {at(20), 2}, {at(40), 1}} << std::vector<TimeSpan>{{at(40), at(100)}};
    QTest::newRow("silence before the first is a gap")
        << std::vector<TimePoint>{{at(60), 1}, {at(80), 2}, {at(100), 1}} << std::vector<TimeSpan>{{at(0), at(60)}};
    QTest::newRow("asked for and not had is a gap, not a zero")
        << std::vector<TimePoint>{{at(0), 1},  {at(20), 1}, {at(40), std::nullopt}, {at(60), std::nullopt},
                                  {at(80), 1}, {at(100), 1}}
        << std::vector<TimeSpan>{{at(20), at(80)}};
}

void ChartsTest::gaps()
{
    QFETCH(std::vector<TimePoint>, points);
    QFETCH(std::vector<TimeSpan>, spans);
    QVERIFY(spansWithoutSamples(data(points, 100, 25)) == spans);
}

void ChartsTest::atMostFourTicks_data()
{
    QTest::addColumn<double>("range");
    QTest::addColumn<ChartUnit>("unit");
    QTest::newRow("a handful") << 3.0 << ChartUnit::Count;
    QTest::newRow("thousands") << 2410.0 << ChartUnit::Count;
    QTest::newRow("millions") << 7.3e6 << ChartUnit::Count;
    QTest::newRow("half a second") << 500.0 << ChartUnit::Milliseconds;
    QTest::newRow("two hours") << 7.2e6 << ChartUnit::Milliseconds;
    QTest::newRow("a year") << 3.2e10 << ChartUnit::Milliseconds;
    QTest::newRow("a sliver of a share") << 0.013 << ChartUnit::Share;
}

void ChartsTest::atMostFourTicks()
{
    QFETCH(double, range);
    QFETCH(ChartUnit, unit);
    const double step = niceStep(range, unit);
    QVERIFY(step > 0);
    QVERIFY(std::floor(range / step) <= 4);
    QVERIFY(range / step >= 1 || unit == ChartUnit::Count);
    QVERIFY(std::floor(range / niceTimeStep(range)) <= 4);
}

void ChartsTest::amountsIncludeZeroAndThePromise()
{
    ChartData chart = data({{at(0), 500}, {at(10), 510}}, 10, 60);
    chart.promise = PromiseLine{u"promise 900 ms"_s, 900};
    const auto [low, high] = valueRange(chart);
    QCOMPARE(low, 0.0);
    QVERIFY(high > 900);
}

void ChartsTest::aShareNeverEndsAboveAll()
{
    ChartData chart = data({{at(0), 0.97}, {at(10), 0.995}}, 10, 60);
    chart.unit = ChartUnit::Share;
    const auto [low, high] = valueRange(chart);
    QCOMPARE(high, 1.0);
    QVERIFY(low < 0.97 && low > 0.9);
}

void ChartsTest::unknownIsAnEmptyCell()
{
    const QByteArray csv = chartCsv(data({{at(0), 5}, {at(10), std::nullopt}}, 10, 60));
    QCOMPARE(csv.count("\r\n"), 3);
    QVERIFY(csv.startsWith("\"time\",\"lag\"\r\n"));
    QVERIFY(csv.contains("Z,5\r\n"));
    QVERIFY(csv.endsWith("Z,\r\n"));
}

void ChartsTest::theCrosshairReadsAllChartsAtOneInstant()
{
    TimeSeriesChart first(u"Lag"_s);
    TimeSeriesChart second(u"Time lag"_s);
    ChartGroup group;
    group.add(&first);
    group.add(&second);
    first.setData(data({{at(0), 1}, {at(50), 2}, {at(100), 3}}, 100, 60));
    ChartData band;
    band.unit = ChartUnit::Milliseconds;
    band.from = start;
    band.to = at(100);
    band.gapAfter = Millis{60'000};
    band.band = ChartBand{u"time lag"_s, {{at(0), 1000, 2000}, {at(50), 3000, 4000}, {at(100), 5000, std::nullopt}}};
    second.setData(band);
    first.resize(600, 200);
    first.show();
    QTest::keyClick(&first, Qt::Key_Left);
    QVERIFY(first.readout().contains(u"lag 2"_s));
    QVERIFY(second.readout().contains(u"3 s – 4 s"_s));
    for (int i = 0; i < 3; ++i)
        QTest::keyClick(&first, Qt::Key_Right);
    QVERIFY(second.readout().contains(u"at least 5 s"_s));
}

void ChartsTest::theCrosshairSaysWhereNothingIsKnown()
{
    TimeSeriesChart chart(u"Lag"_s);
    chart.setData(data({{at(0), 1}, {at(10), 2}}, 100, 25));
    chart.setCrosshair(at(90));
    QVERIFY(chart.readout().contains(u"no sample"_s));
    QCOMPARE(chart.gapCount(), 1);
}

void ChartsTest::draggingZoomsAllChartsAndEscapeReturns()
{
    TimeSeriesChart first(u"a"_s);
    TimeSeriesChart second(u"b"_s);
    ChartGroup group;
    group.add(&first);
    group.add(&second);
    first.resize(600, 200);
    first.setData(data({{at(0), 1}, {at(100), 2}}, 100, 0));
    first.show();
    QVERIFY(QTest::qWaitForWindowExposed(&first));
    QSignalSpy zoomed(&first, &TimeSeriesChart::zoomed);
    QSignalSpy left(&first, &TimeSeriesChart::zoomLeft);
    auto* plot = first.findChild<QWidget*>(QString(), Qt::FindDirectChildrenOnly);
    for (QWidget* child : first.findChildren<QWidget*>()) {
        if (child->inherits("QCustomPlot"))
            plot = child;
    }
    QTest::mousePress(plot, Qt::LeftButton, {}, QPoint(200, 60));
    QTest::mouseMove(plot, QPoint(300, 80));
    QTest::mouseRelease(plot, Qt::LeftButton, {}, QPoint(300, 80));
    QCOMPARE(zoomed.size(), 1);
    QTest::keyClick(&first, Qt::Key_Escape);
    QCOMPARE(left.size(), 1);
}

void ChartsTest::aChartIsAPictureAndAVectorPicture()
{
    TimeSeriesChart chart(u"Lag"_s);
    chart.resize(400, 200);
    chart.setData(data({{at(0), 1}, {at(50), 4}, {at(100), 2}}, 100, 60));
    chart.show();
    const QImage image = chart.image();
    const QColor line = lightTokens().series[0];
    bool drawn = false;
    for (int y = 0; y < image.height() && !drawn; ++y) {
        for (int x = 0; x < image.width() && !drawn; ++x)
            drawn = qAbs(image.pixelColor(x, y).red() - line.red()) < 24 &&
                    qAbs(image.pixelColor(x, y).blue() - line.blue()) < 24 &&
                    qAbs(image.pixelColor(x, y).green() - line.green()) < 24;
    }
    QVERIFY(drawn);
    QVERIFY(chart.svg().contains("<svg"));
}

void ChartsTest::coloursFollowTheTheme()
{
    TimeSeriesChart chart(u"Lag"_s);
    chart.resize(400, 200);
    chart.show();
    chart.setData(data({{at(0), 1}, {at(100), 2}}, 100, 0));
    m_theme->setMode(Theme::Mode::Dark);
    QCOMPARE(chart.image().pixelColor(200, 190), darkTokens().surface);
    m_theme->setMode(Theme::Mode::Light);
    QCOMPARE(chart.image().pixelColor(200, 190), lightTokens().surface);
}

void ChartsTest::barsSpeakTheirTotals()
{
    StackedBars bars;
    bars.setBars({u"storage"_s, u"network"_s}, {{u"order-team"_s, {1, 2}, u"3.00 USD"_s}});
    QVERIFY(bars.accessibleName().contains(u"order-team 3.00 USD"_s));
    const int one = bars.sizeHint().height();
    bars.setBars({u"storage"_s}, {{u"a"_s, {1}, u"1"_s}, {u"b"_s, {0}, u"0"_s}});
    QVERIFY(bars.sizeHint().height() > one);
}

QTEST_MAIN(ChartsTest)
#include "tst_charts.moc"
