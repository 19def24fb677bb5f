// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/overview/overviewpage.h"

#include "model/base/text.h"
#include "views/overview/payloadrescue.h"
#include "views/overview/setuppane.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"

#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr std::size_t mostRows = 50; // nobody reads further; the screens list the rest

} // namespace

QString overviewHeadline(const std::vector<Concern>& concerns)
{
    const auto of = [&](Severity severity) {
        return std::count_if(concerns.begin(), concerns.end(),
                             [severity](const Concern& concern) { return concern.severity == severity; });
    };
    const auto critical = of(Severity::Critical);
    const auto warnings = of(Severity::Warning);
    if (critical > 0) {
        const QString first = critical == 1
                                  ? OverviewPage::tr("1 thing needs somebody now")
                                  : OverviewPage::tr("%1 things need somebody now").arg(formatCount(critical));
        return warnings == 0 ? first
                             : OverviewPage::tr("%1; %2 more can wait until morning").arg(first, formatCount(warnings));
    }
    if (warnings > 0)
        return warnings == 1
                   ? OverviewPage::tr("Nothing is critical; 1 thing needs a look")
                   : OverviewPage::tr("Nothing is critical; %1 things need a look").arg(formatCount(warnings));
    return OverviewPage::tr("Nothing needs anybody now");
}

OverviewPage::OverviewPage(const ViewContext& context)
    : Page(context, u"overview"_s, tr("Overview"), u"overview"_s)
    , m_load([this](Result<std::vector<Concern>> concerns) { showConcerns(std::move(concerns)); })
    , m_collect([this](Result<bool> done) {
        Q_EMIT said(done ? tr("Sampled") : failureSentence(done.error()));
        refresh();
    })
{
    auto* content = new QWidget(this);
    m_sides = new QStackedWidget(this);
    auto* inside = new QWidget(content);
    m_list = new QVBoxLayout(inside);
    m_list->setContentsMargins(0, 0, 0, 0);
    m_list->setSpacing(0);
    m_more = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, inside);
    m_more->setContentsMargins(16, 8, 16, 8);
    m_more->hide();
    m_list->addWidget(m_more);
    m_list->addStretch(1);
    auto* scroll = new QScrollArea(content);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(inside);
    m_command = new CommandLine({}, content);
    m_rescue = new PayloadRescue(data(), settings(), content);
    connect(m_rescue, &PayloadRescue::said, this, &OverviewPage::said);
    connect(m_rescue, &PayloadRescue::ended, this, &OverviewPage::refresh);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(scroll, 1);
    layout->addWidget(m_rescue->bar());
    layout->addWidget(m_command);
    m_setup = new SetupPane(data(), this);
    connect(m_setup, &SetupPane::said, this, &OverviewPage::said);
    connect(m_setup, &SetupPane::closed, this, [this] { (void)leave(); });
    m_sides->addWidget(content);
    m_sides->addWidget(m_setup);
    setContent(m_sides);
    headline().setSentence(tr("Looking at what is stored"));
    pane().showLoading(tr("Looking at what is stored"));
    addPageAction(tr("Next concern"), QKeySequence(Qt::Key_J), [this] { moveFocus(1); });
    addPageAction(tr("Previous concern"), QKeySequence(Qt::Key_K), [this] { moveFocus(-1); });
}

void OverviewPage::refresh()
{
    if (m_rows.empty())
        pane().showLoading(tr("Looking at what is stored"));
    m_load.refresh([&source = data()](std::stop_token stop) { return source.concerns(stop); });
    if (m_sides->currentWidget() == m_setup)
        m_setup->refresh();
}

void OverviewPage::open(const QString& findingId)
{
    if (!findingId.isEmpty())
        showSetup(findingId);
}

bool OverviewPage::isSettled() const
{
    return Page::isSettled() && !m_load.isRunning() && m_setup->isSettled();
}

void OverviewPage::showSetup(const QString& findingId)
{
    m_sides->setCurrentWidget(m_setup);
    m_setup->open(findingId);
}

bool OverviewPage::leave()
{
    if (m_sides->currentWidget() != m_setup)
        return false;
    m_sides->setCurrentIndex(0);
    takeFocus();
    return true;
}

void OverviewPage::takeFocus()
{
    if (!m_rows.empty())
        m_rows.front()->button()->setFocus();
    else
        setFocus();
}

void OverviewPage::showConcerns(Result<std::vector<Concern>> concerns)
{
    if (!concerns) {
        pane().showFailure(tr("What needs somebody could not be told"), concerns.error(),
                           {tr("Try again"), [this] { refresh(); }});
        return;
    }
    headline().setSentence(overviewHeadline(*concerns));
    if (concerns->empty()) {
        placeRows({});
        m_command->setLine({});
        pane().showEmpty(tr("Every group keeps up, every promise is kept, no dead letter is open"),
                         tr("This list fills by itself when something falls behind, breaks a promise or fails."),
                         {tr("Look at the lag"), [this] {
                              Q_EMIT linkActivated({u"lag"_s, {}});
                          }});
        return;
    }
    const auto unowned =
        std::count_if(concerns->begin(), concerns->end(), [](const Concern& concern) { return !concern.team; });
    headline().setDetail(
        unowned == 0 ? QString()
                     : tr("%1 of %2 belong to nobody: name their team in ownership.yaml")
                           .arg(formatCount(unowned), formatCount(static_cast<std::int64_t>(concerns->size()))));
    placeRows(*concerns);
    presentContent();
}

void OverviewPage::placeRows(const std::vector<Concern>& concerns)
{
    const std::size_t wanted = std::min(concerns.size(), mostRows);
    QString focusedId;
    for (const ConcernRow* row : m_rows) {
        if (row->button()->hasFocus())
            focusedId = row->concern().id;
    }
    while (m_rows.size() > wanted) {
        delete m_rows.back();
        m_rows.pop_back();
    }
    while (m_rows.size() < wanted) {
        auto* row = new ConcernRow(m_list->parentWidget());
        m_list->insertWidget(static_cast<int>(m_rows.size()), row);
        connect(row, &ConcernRow::acted, this, [this, row] { act(row->concern().action); });
        connect(row, &ConcernRow::focused, this, [this, row] { m_command->setLine(row->concern().action.command); });
        m_rows.push_back(row);
    }
    for (std::size_t i = 0; i < wanted; ++i) {
        m_rows[i]->show(concerns[i], settings().timeText(), settings().now());
        if (!focusedId.isEmpty() && concerns[i].id == focusedId && !m_rows[i]->button()->hasFocus())
            m_rows[i]->button()->setFocus(); // the reader's place moves with its concern
    }
    m_more->setText(tr("%1 more are listed on their screens")
                        .arg(formatCount(static_cast<std::int64_t>(concerns.size() - wanted))));
    m_more->setVisible(concerns.size() > wanted);
}

void OverviewPage::act(const ConcernAction& action)
{
    if (action.rescues)
        return m_rescue->start(action.filter);
    if (action.screen == ConcernScreen::Setup)
        return showSetup(action.filter);
    const QString page = pageOf(action.screen);
    if (!page.isEmpty()) {
        Q_EMIT linkActivated({page, action.filter});
        return;
    }
    Q_EMIT said(tr("Asking %1 again").arg(action.filter));
    m_collect.ask([&source = data()](std::stop_token stop) -> Result<bool> {
        return source.collectNow(stop).map([] { return true; });
    });
}

void OverviewPage::moveFocus(int by)
{
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (!m_rows[i]->button()->hasFocus())
            continue;
        const auto next =
            static_cast<std::size_t>(std::clamp(static_cast<int>(i) + by, 0, static_cast<int>(m_rows.size()) - 1));
        m_rows[next]->button()->setFocus();
        return;
    }
    takeFocus();
}

} // namespace spillway::views
