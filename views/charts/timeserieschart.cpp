// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/charts/timeserieschart.h"

#include "views/charts/plot.h"
#include "views/theme/fonts.h"
#include "views/widgets/plaintextlabel.h"

#include <QClipboard>
#include <QMenu>
#include <QSvgGenerator>

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int endLabelHeight = 15;

double seconds(UtcTime time)
{
    return static_cast<double>(toMs(time)) / 1000;
}

UtcTime fromSeconds(double time)
{
    return utcFromMs(std::llround(time * 1000));
}

} // namespace

struct TimeSeriesChart::Parts
{
    ChartData data;
    TimeText timeText;
    std::optional<UtcTime> crosshair;
    std::optional<TimeSpan> zoom;
    std::vector<TimeSpan> gaps;
    PlainTextLabel* title = nullptr;
    PlainTextLabel* readout = nullptr;
    QCustomPlot* plot = nullptr;
    QSharedPointer<UnitTicker> unitTicker;
    QSharedPointer<ZoneTicker> zoneTicker;
    QCPItemLine* cross = nullptr;

    [[nodiscard]] const Tokens& tokens() const { return tokensFor(plot->parentWidget()->palette()); }

    void build(TimeSeriesChart* chart);
    void dress();
    void draw();
    void repaint();
    void drawGaps();
    void drawBand();
    void drawSeries();
    void drawPromise();
    void drawEndLabels();
    void place();
    void placeCross();
    [[nodiscard]] QString crossText() const;
};

void TimeSeriesChart::Parts::build(TimeSeriesChart* chart)
{
    title = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, chart);
    title->setFont(uiFont(TextSize::Body, true));
    readout = new PlainTextLabel({}, TextSize::Small, PlainTextLabel::Ink::Muted, chart);
    readout->setElided(true);
    readout->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    plot = new QCustomPlot(chart);
    plot->setFocusPolicy(Qt::NoFocus);
    plot->setMinimumSize(40, 40);
    plot->setPlottingHints(QCP::phFastPolylines | QCP::phCacheLabels);
    plot->setSelectionRectMode(QCP::srmCustom);
    plot->setMouseTracking(true);
    plot->axisRect()->setAutoMargins(QCP::msLeft | QCP::msBottom);
    plot->axisRect()->setMinimumMargins(QMargins(60, 8, 72, 0));
    plot->axisRect()->setMargins(QMargins(0, 8, 72, 0));
    unitTicker = QSharedPointer<UnitTicker>::create();
    zoneTicker = QSharedPointer<ZoneTicker>::create();
    plot->yAxis->setTicker(unitTicker);
    plot->xAxis->setTicker(zoneTicker);
    cross = new QCPItemLine(plot);
    cross->setVisible(false);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(title);
    head->addWidget(readout, 1);
    auto* layout = new QVBoxLayout(chart);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(head);
    layout->addWidget(plot, 1);
}

void TimeSeriesChart::Parts::dress()
{
    const Tokens& t = tokens();
    const QFont small = uiFont(TextSize::Small);
    plot->setBackground(QBrush(t.surface));
    for (QCPAxis* axis : {plot->xAxis, plot->yAxis}) {
        axis->setTickLabelFont(small);
        axis->setTickLabelColor(t.muted);
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLabelPadding(6);
    }
    plot->xAxis->setBasePen(QPen(t.line, 1));
    plot->yAxis->setBasePen(Qt::NoPen);
    plot->xAxis->grid()->setVisible(false);
    plot->yAxis->grid()->setPen(QPen(mixed(t.line, t.surface, 0.6), 1, Qt::SolidLine));
    plot->yAxis->grid()->setZeroLinePen(Qt::NoPen);
    plot->selectionRect()->setPen(QPen(t.accent, 1));
    plot->selectionRect()->setBrush(QColor(t.accent.red(), t.accent.green(), t.accent.blue(), 40));
    cross->setPen(QPen(t.muted, 1));
}

void TimeSeriesChart::Parts::draw()
{
    plot->clearPlottables();
    for (int i = plot->itemCount() - 1; i >= 0; --i) {
        if (plot->item(i) != cross)
            plot->removeItem(i);
    }
    dress();
    unitTicker->setUnit(data.unit);
    zoneTicker->setZone(timeText.zone());
    place();
    drawGaps();
    drawBand();
    drawSeries();
    drawPromise();
    drawEndLabels();
    placeCross();
    repaint();
}

void TimeSeriesChart::Parts::repaint()
{
    if (plot->width() > 20 && plot->height() > 20) // before the first layout there is nothing to paint on
        plot->replot(QCustomPlot::rpQueuedReplot);
}

void TimeSeriesChart::Parts::place()
{
    const TimeSpan span = zoom.value_or(TimeSpan{data.from, data.to});
    plot->xAxis->setRange(seconds(span.from), std::max(seconds(span.to), seconds(span.from) + 1));
    const auto [low, high] = valueRange(data);
    plot->yAxis->setRange(low, high);
}

void TimeSeriesChart::Parts::drawGaps()
{
    const Tokens& t = tokens();
    gaps = spansWithoutSamples(data);
    for (const TimeSpan& gap : gaps) {
        auto* shade = new QCPItemRect(plot);
        shade->topLeft->setTypeX(QCPItemPosition::ptPlotCoords);
        shade->topLeft->setTypeY(QCPItemPosition::ptAxisRectRatio);
        shade->bottomRight->setTypeX(QCPItemPosition::ptPlotCoords);
        shade->bottomRight->setTypeY(QCPItemPosition::ptAxisRectRatio);
        shade->topLeft->setCoords(seconds(gap.from), 0);
        shade->bottomRight->setCoords(seconds(gap.to), 1);
        shade->setPen(Qt::NoPen);
        shade->setBrush(mixed(t.line, t.surface, 0.35));
        const double share = (seconds(gap.to) - seconds(gap.from)) / plot->xAxis->range().size();
        if (share * plot->width() < 18)
            continue;
        auto* word = new QCPItemText(plot);
        word->position->setTypeX(QCPItemPosition::ptPlotCoords);
        word->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        word->position->setCoords((seconds(gap.from) + seconds(gap.to)) / 2, 0.5);
        word->setText(TimeSeriesChart::tr("no samples"));
        word->setRotation(share * plot->width() < 90 ? -90 : 0);
        word->setFont(uiFont(TextSize::Small));
        word->setColor(t.muted);
    }
}

void TimeSeriesChart::Parts::drawBand()
{
    if (!data.band)
        return;
    const Tokens& t = tokens();
    const QColor colour = t.series[0];
    auto* low = plot->addGraph();
    auto* high = plot->addGraph();
    std::optional<UtcTime> last;
    for (const BandPoint& point : data.band->points) {
        const double x = seconds(point.at);
        if (last && data.gapAfter.count() > 0 && point.at - *last > data.gapAfter) {
            low->addData((seconds(*last) + x) / 2, qQNaN());
            high->addData((seconds(*last) + x) / 2, qQNaN());
        }
        low->addData(x, point.low.value_or(qQNaN()));
        high->addData(x, point.high ? *point.high : point.low.value_or(qQNaN()));
        last = point.at;
    }
    for (QCPGraph* edge : {low, high}) {
        edge->setPen(QPen(colour, 1));
        edge->setAdaptiveSampling(true);
    }
    high->setBrush(QColor(colour.red(), colour.green(), colour.blue(), t.isDark ? 70 : 45));
    high->setChannelFillGraph(low);
}

void TimeSeriesChart::Parts::drawSeries()
{
    const Tokens& t = tokens();
    for (std::size_t i = 0; i < data.series.size(); ++i) {
        QCPGraph* graph = plot->addGraph();
        graph->setPen(QPen(t.series[(i + (data.band ? 1 : 0)) % t.series.size()], 1));
        graph->setAdaptiveSampling(true);
        std::optional<UtcTime> last;
        for (const TimePoint& point : data.series[i].points) {
            if (last && data.gapAfter.count() > 0 && point.at - *last > data.gapAfter)
                graph->addData((seconds(*last) + seconds(point.at)) / 2, qQNaN());
            graph->addData(seconds(point.at), point.value.value_or(qQNaN()));
            last = point.at;
        }
        if (data.series[i].points.size() <= 50)
            graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, 3));
    }
}

void TimeSeriesChart::Parts::drawPromise()
{
    if (!data.promise)
        return;
    const Tokens& t = tokens();
    auto* line = new QCPItemStraightLine(plot);
    line->point1->setCoords(seconds(data.from), data.promise->value);
    line->point2->setCoords(seconds(data.to), data.promise->value);
    line->setPen(QPen(t.muted, 1, Qt::DashLine));
    auto* name = new QCPItemText(plot);
    name->position->setTypeX(QCPItemPosition::ptAxisRectRatio);
    name->position->setTypeY(QCPItemPosition::ptPlotCoords);
    name->position->setCoords(0, data.promise->value);
    // Above its line, but below where the chart ends.
    const QCPRange values = plot->yAxis->range();
    const bool isNearTop = data.promise->value > values.upper - 0.2 * values.size();
    name->setPositionAlignment(Qt::AlignLeft | (isNearTop ? Qt::AlignTop : Qt::AlignBottom));
    name->setPadding(QMargins(2, 0, 0, 2));
    name->setText(data.promise->name);
    name->setFont(uiFont(TextSize::Small));
    name->setColor(t.muted);
}

void TimeSeriesChart::Parts::drawEndLabels()
{
    struct EndLabel
    {
        QString text;
        double value = 0;
        QColor colour;
    };
    const Tokens& t = tokens();
    std::vector<EndLabel> labels;
    const auto lastValue = [](const ChartSeries& series) -> std::optional<double> {
        for (auto point = series.points.rbegin(); point != series.points.rend(); ++point) {
            if (point->value)
                return point->value;
        }
        return std::nullopt;
    };
    for (std::size_t i = 0; i < data.series.size(); ++i) {
        if (const std::optional<double> value = lastValue(data.series[i]))
            labels.push_back({data.series[i].name, *value, t.series[(i + (data.band ? 1 : 0)) % t.series.size()]});
    }
    if (data.band && !data.band->points.empty()) {
        const BandPoint& last = data.band->points.back();
        if (last.low || last.high)
            labels.push_back({data.band->name, last.high.value_or(last.low.value_or(0)), t.series[0]});
    }
    std::sort(labels.begin(), labels.end(), [](const EndLabel& a, const EndLabel& b) { return a.value < b.value; });
    const QFontMetrics metrics(uiFont(TextSize::Small));
    int widest = 0;
    const double perPixel = plot->yAxis->range().size() / std::max(40, plot->height() - 30);
    double lowest = plot->yAxis->range().lower;
    for (const EndLabel& label : labels) {
        const QString text = metrics.elidedText(label.text, Qt::ElideMiddle, 150);
        widest = std::max(widest, metrics.horizontalAdvance(text));
        auto* word = new QCPItemText(plot);
        word->setClipToAxisRect(false);
        word->position->setTypeX(QCPItemPosition::ptAxisRectRatio);
        word->position->setTypeY(QCPItemPosition::ptPlotCoords);
        const double at = std::max(label.value, lowest);
        lowest = at + perPixel * endLabelHeight; // the next one stands clear above
        word->position->setCoords(1, at);
        word->setPositionAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        word->setPadding(QMargins(6, 0, 0, 0));
        word->setText(text);
        word->setFont(uiFont(TextSize::Small));
        word->setColor(label.colour);
    }
    // One right edge for the charts of a page, so that one instant stands at one place.
    plot->axisRect()->setMargins(QMargins(0, 8, std::max(72, widest + 14), 0));
}

void TimeSeriesChart::Parts::placeCross()
{
    cross->setVisible(crosshair.has_value());
    if (crosshair) {
        for (QCPItemPosition* end : {cross->start, cross->end}) {
            end->setTypeX(QCPItemPosition::ptPlotCoords);
            end->setTypeY(QCPItemPosition::ptAxisRectRatio);
        }
        cross->start->setCoords(seconds(*crosshair), 0);
        cross->end->setCoords(seconds(*crosshair), 1);
    }
    readout->setText(crossText());
}

QString TimeSeriesChart::Parts::crossText() const
{
    if (!crosshair)
        return {};
    QStringList parts{timeText.absolute(*crosshair)};
    for (const ChartSeries& series : data.series) {
        const std::optional<double> value = valueAt(series, *crosshair, data.gapAfter);
        parts << series.name + u' ' + (value ? axisText(*value, data.unit) : TimeSeriesChart::tr("no sample"));
    }
    if (data.band) {
        ChartSeries low;
        ChartSeries high;
        for (const BandPoint& point : data.band->points) {
            low.points.push_back({point.at, point.low});
            high.points.push_back({point.at, point.high});
        }
        const std::optional<double> from = valueAt(low, *crosshair, data.gapAfter);
        const std::optional<double> to = valueAt(high, *crosshair, data.gapAfter);
        QString said = TimeSeriesChart::tr("no sample");
        if (from && to)
            said = axisText(*from, data.unit) + u" – "_s + axisText(*to, data.unit);
        else if (from)
            said = TimeSeriesChart::tr("at least %1").arg(axisText(*from, data.unit));
        else if (to)
            said = TimeSeriesChart::tr("at most %1").arg(axisText(*to, data.unit));
        parts << data.band->name + u' ' + said;
    }
    return parts.join(u" · "_s);
}

TimeSeriesChart::TimeSeriesChart(const QString& title, QWidget* parent)
    : QWidget(parent)
    , m_parts(std::make_unique<Parts>())
{
    setFocusPolicy(Qt::StrongFocus);
    m_parts->build(this);
    setTitle(title);
    QCustomPlot* plot = m_parts->plot;
    plot->installEventFilter(this);
    connect(plot, &QCustomPlot::mouseMove, this, [this](QMouseEvent* event) {
        const UtcTime at = fromSeconds(m_parts->plot->xAxis->pixelToCoord(event->pos().x()));
        setCrosshair(at);
        Q_EMIT crosshairMoved(at);
    });
    connect(plot->selectionRect(), &QCPSelectionRect::accepted, this, [this](const QRect& rect) {
        if (rect.width() < 8)
            return;
        const UtcTime from = fromSeconds(m_parts->plot->xAxis->pixelToCoord(rect.left()));
        const UtcTime to = fromSeconds(m_parts->plot->xAxis->pixelToCoord(rect.right()));
        zoomTo(from, to);
        Q_EMIT zoomed(from, to);
    });
    connect(plot, &QCustomPlot::mouseDoubleClick, this, [this] {
        resetZoom();
        Q_EMIT zoomLeft();
    });
}

TimeSeriesChart::~TimeSeriesChart() = default;

void TimeSeriesChart::setData(ChartData data)
{
    m_parts->data = std::move(data);
    m_parts->draw();
}

const ChartData& TimeSeriesChart::data() const
{
    return m_parts->data;
}

void TimeSeriesChart::setTitle(const QString& title)
{
    m_parts->title->setText(title);
    setAccessibleName(title);
}

void TimeSeriesChart::setTimeText(const TimeText& text)
{
    m_parts->timeText = text;
    m_parts->draw();
}

void TimeSeriesChart::setCrosshair(std::optional<UtcTime> at)
{
    m_parts->crosshair = at;
    m_parts->placeCross();
    setAccessibleDescription(readout());
    m_parts->repaint();
}

void TimeSeriesChart::zoomTo(UtcTime from, UtcTime to)
{
    m_parts->zoom = TimeSpan{from, to};
    m_parts->draw();
}

void TimeSeriesChart::resetZoom()
{
    m_parts->zoom.reset();
    m_parts->draw();
}

QString TimeSeriesChart::readout() const
{
    return m_parts->crossText();
}

int TimeSeriesChart::gapCount() const
{
    return static_cast<int>(m_parts->gaps.size());
}

QByteArray TimeSeriesChart::csv() const
{
    return chartCsv(m_parts->data);
}

QByteArray TimeSeriesChart::svg()
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(m_parts->plot->size());
    generator.setViewBox(QRect(QPoint(0, 0), m_parts->plot->size()));
    generator.setTitle(m_parts->title->fullText());
    QCPPainter painter;
    painter.begin(&generator);
    m_parts->plot->toPainter(&painter, m_parts->plot->width(), m_parts->plot->height());
    painter.end();
    return bytes;
}

QImage TimeSeriesChart::image()
{
    m_parts->plot->replot(QCustomPlot::rpImmediateRefresh);
    return grab().toImage();
}

void TimeSeriesChart::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        m_parts->draw();
}

void TimeSeriesChart::keyPressEvent(QKeyEvent* event)
{
    const QCPRange range = m_parts->plot->xAxis->range();
    const double step = range.size() / 60;
    const double at = m_parts->crosshair ? seconds(*m_parts->crosshair) : range.upper;
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right: {
        const UtcTime next =
            fromSeconds(std::clamp(at + (event->key() == Qt::Key_Left ? -step : step), range.lower, range.upper));
        setCrosshair(next);
        Q_EMIT crosshairMoved(next);
        return;
    }
    case Qt::Key_Escape:
        if (m_parts->crosshair || m_parts->zoom) {
            setCrosshair(std::nullopt);
            Q_EMIT crosshairMoved(std::nullopt);
            resetZoom();
            Q_EMIT zoomLeft();
            return;
        }
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

void TimeSeriesChart::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_parts->draw();
}

void TimeSeriesChart::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy as PNG"), this, [this] { QGuiApplication::clipboard()->setImage(image()); });
    menu->addAction(tr("Copy as SVG"), this, [this] {
        auto* bytes = new QMimeData;
        bytes->setData(u"image/svg+xml"_s, svg());
        QGuiApplication::clipboard()->setMimeData(bytes);
    });
    menu->addAction(tr("Copy as CSV"), this,
                    [this] { QGuiApplication::clipboard()->setText(QString::fromUtf8(csv())); });
    menu->popup(event->globalPos());
}

bool TimeSeriesChart::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_parts->plot && event->type() == QEvent::Leave) {
        setCrosshair(std::nullopt);
        Q_EMIT crosshairMoved(std::nullopt);
    }
    return QWidget::eventFilter(watched, event);
}

void ChartGroup::add(TimeSeriesChart* chart)
{
    m_charts.push_back(chart);
    const auto others = [this, chart](const auto& act) {
        for (TimeSeriesChart* other : m_charts) {
            if (other != chart)
                act(other);
        }
    };
    connect(chart, &TimeSeriesChart::crosshairMoved, this,
            [others](std::optional<UtcTime> at) { others([at](TimeSeriesChart* other) { other->setCrosshair(at); }); });
    connect(chart, &TimeSeriesChart::zoomed, this, [others](UtcTime from, UtcTime to) {
        others([from, to](TimeSeriesChart* other) { other->zoomTo(from, to); });
    });
    connect(chart, &TimeSeriesChart::zoomLeft, this,
            [others] { others([](TimeSeriesChart* other) { other->resetZoom(); }); });
}

} // namespace spillway::views
