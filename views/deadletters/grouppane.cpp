// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/grouppane.h"

#include "model/base/text.h"
#include "views/deadletters/grouplist.h"
#include "views/deadletters/letterwords.h"
#include "views/deadletters/whypanel.h"
#include "views/widgets/commandline.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>
#include <QTreeWidget>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int buckets = 16; // of a sparkline
constexpr int whyPixels = 280;
constexpr int queryRole = Qt::UserRole;

QString fieldText(PivotField field)
{
    switch (field) {
    case PivotField::ErrorClass:
        return GroupPane::tr("error class");
    case PivotField::RootCauseClass:
        return GroupPane::tr("root cause");
    case PivotField::EventType:
        return GroupPane::tr("event type");
    case PivotField::Consumer:
        return GroupPane::tr("consumer");
    case PivotField::Team:
        return GroupPane::tr("team");
    case PivotField::Dialect:
        return GroupPane::tr("dialect");
    case PivotField::Channel:
        return GroupPane::tr("channel");
    case PivotField::Connection:
        return GroupPane::tr("connection");
    case PivotField::Kind:
        return GroupPane::tr("kind");
    case PivotField::State:
        return GroupPane::tr("state");
    case PivotField::Stage:
        return GroupPane::tr("stage");
    case PivotField::OriginTopic:
        return GroupPane::tr("origin topic");
    case PivotField::ConsumerGroup:
        return GroupPane::tr("consumer group");
    case PivotField::Assignee:
        return GroupPane::tr("assignee");
    case PivotField::Attempts:
        return GroupPane::tr("attempts");
    case PivotField::SchemaVerdict:
        return GroupPane::tr("schema verdict");
    case PivotField::SchemaVersion:
        return GroupPane::tr("schema version");
    case PivotField::Partition:
        return GroupPane::tr("partition");
    case PivotField::OriginPartition:
        return GroupPane::tr("origin partition");
    case PivotField::ReportedClass:
        return GroupPane::tr("reported class");
    case PivotField::Confidence:
        return GroupPane::tr("dialect's confidence");
    case PivotField::Group:
        return GroupPane::tr("group");
    }
    return {};
}

void addFields(QComboBox& box)
{
    for (const QString& name : pivotFieldNames()) {
        const auto field = readPivotFields(name);
        if (field)
            box.addItem(GroupPane::tr("by %1").arg(fieldText(field->front())), name);
    }
}

QTreeWidgetItem* itemOf(const PivotRow& row)
{
    auto* item =
        new QTreeWidgetItem({row.value ? visibleText(row.label) : GroupPane::tr("not told"), formatCount(row.count)});
    item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
    item->setData(0, queryRole, row.query);
    for (const PivotRow& part : row.parts)
        item->addChild(itemOf(part));
    return item;
}

} // namespace

GroupPane::GroupPane(const ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_arrivals([this](Result<GroupArrivals> arrivals) {
        if (arrivals)
            m_list->setArrivals(std::move(*arrivals));
    })
    , m_whyLoad([this](Result<GroupWhy> why) {
        if (why)
            m_panel->show(*why);
        else
            m_panel->showSentence(failureSentence(why.error()));
    })
    , m_pivotLoad([this](Result<std::vector<PivotRow>> rows) { showPivot(std::move(rows)); })
    , m_decideLoad([this](Result<bool> done) {
        Q_EMIT said(done ? tr("Decided; it stands in the ledger and can be taken back")
                         : failureSentence(done.error()));
        askWhy();
        Q_EMIT decided();
    })
{
    m_list = new GroupList(context.settings, this);
    buildChooser();
    m_counts = new QTreeWidget(this);
    m_counts->setObjectName(u"letterCounts"_s);
    m_counts->setAccessibleName(tr("Letters counted"));
    m_counts->setColumnCount(2);
    m_counts->setHeaderHidden(true);
    m_counts->setUniformRowHeights(true);
    m_counts->setFrameShape(QFrame::NoFrame);
    m_counts->header()->setStretchLastSection(false);
    m_counts->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_counts->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    connect(m_counts, &QTreeWidget::itemActivated, this, &GroupPane::askRow);
    // A row with parts is opened by a click; another one leads to its letters at once.
    connect(m_counts, &QTreeWidget::itemClicked, this, [this](const QTreeWidgetItem* item) {
        if (item->childCount() == 0)
            askRow(item);
    });
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_list);
    m_stack->addWidget(m_counts);
    m_panel = new WhyPanel(this);
    m_panel->setFixedHeight(whyPixels);
    m_panel->hide();
    connect(m_panel, &WhyPanel::takeBackAsked, this, &GroupPane::takeBack);
    connect(m_list, &GroupList::currentGroupChanged, this, &GroupPane::askWhy);
    connect(m_list, &GroupList::chosenChanged, this,
            [this] { m_merge->setVisible(m_stack->currentWidget() == m_list && m_list->chosen().size() > 1); });

    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(8, 4, 8, 4);
    bar->setSpacing(8);
    bar->addWidget(m_first);
    bar->addWidget(m_second);
    bar->addStretch(1);
    bar->addWidget(m_merge);
    bar->addWidget(m_why);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_stack, 1);
    layout->addWidget(m_panel);
}

void GroupPane::askRow(const QTreeWidgetItem* item)
{
    const QString query = item->data(0, queryRole).toString();
    if (query.isEmpty()) {
        Q_EMIT said(tr("The query language has no word for this; these letters cannot be filtered by it"));
        return;
    }
    // The row goes with its table; it is still being clicked.
    QTimer::singleShot(0, this, [this, query] {
        m_first->setCurrentIndex(0);
        Q_EMIT queryAsked(query);
    });
}

void GroupPane::buildChooser()
{
    m_first = new QComboBox(this);
    m_first->setObjectName(u"pivotFirst"_s);
    m_first->setAccessibleName(tr("Count letters by"));
    m_first->addItem(tr("Groups"), QString());
    addFields(*m_first);
    m_second = new QComboBox(this);
    m_second->setObjectName(u"pivotSecond"_s);
    m_second->setAccessibleName(tr("Then by"));
    m_second->addItem(tr("alone"), QString());
    addFields(*m_second);
    m_second->hide();
    for (QComboBox* box : {m_first, m_second}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(11);
        connect(box, &QComboBox::currentIndexChanged, this, [this] {
            const bool isPivot = !fields().empty();
            m_second->setVisible(isPivot);
            m_why->setVisible(!isPivot);
            m_panel->setVisible(!isPivot && m_why->isChecked());
            m_stack->setCurrentWidget(isPivot ? static_cast<QWidget*>(m_counts) : m_list);
            m_merge->setVisible(!isPivot && m_list->chosen().size() > 1);
            m_counts->clear();
            askPivot();
            Q_EMIT countingChanged();
        });
    }
    m_merge = new QPushButton(tr("Merge…"), this);
    m_merge->setObjectName(u"mergeGroups"_s);
    m_merge->hide();
    connect(m_merge, &QPushButton::clicked, this, &GroupPane::askMerge);
    m_why = new QPushButton(tr("Why?"), this);
    m_why->setObjectName(u"whyGrouped"_s);
    m_why->setAccessibleName(tr("Why these letters are one group"));
    m_why->setCheckable(true);
    connect(m_why, &QPushButton::toggled, this, [this](bool isOn) {
        m_panel->setVisible(isOn);
        askWhy();
    });
}

std::vector<PivotField> GroupPane::fields() const
{
    QStringList names{m_first->currentData().toString()};
    if (names.front().isEmpty())
        return {};
    const QString second = m_second->currentData().toString();
    if (!second.isEmpty() && second != names.front())
        names += second;
    return readPivotFields(names.join(u',')).value_or(std::vector<PivotField>());
}

QStringList GroupPane::pivot() const
{
    QStringList names;
    for (const PivotField field : fields())
        names += pivotFieldName(field);
    return names;
}

void GroupPane::setPivot(const QStringList& names)
{
    const auto choose = [&names](QComboBox& box, qsizetype i) {
        box.setCurrentIndex(std::max(0, i < names.size() ? box.findData(names[i]) : 0));
    };
    choose(*m_first, 0);
    choose(*m_second, 1);
}

void GroupPane::refresh(const QString& query)
{
    m_query = query;
    m_arrivals.refresh([&data = m_context.data](std::stop_token stop) { return data.letterArrivals(buckets, stop); });
    askPivot();
    askWhy();
}

bool GroupPane::isSettled() const
{
    return !m_arrivals.isRunning() && !m_whyLoad.isRunning() && !m_pivotLoad.isRunning() && !m_decideLoad.isRunning();
}

void GroupPane::askPivot()
{
    const std::vector<PivotField> by = fields();
    if (by.empty()) {
        m_pivotLoad.cancel();
        return;
    }
    m_pivotLoad.ask(
        [&data = m_context.data, query = m_query, by](std::stop_token stop) { return data.pivot(query, by, stop); });
}

void GroupPane::showPivot(Result<std::vector<PivotRow>> rows)
{
    m_counts->clear();
    if (!rows) {
        m_counts->addTopLevelItem(new QTreeWidgetItem({failureSentence(rows.error())}));
        return;
    }
    for (const PivotRow& row : *rows)
        m_counts->addTopLevelItem(itemOf(row));
    m_counts->setRootIsDecorated(fields().size() > 1);
    m_counts->expandAll();
}

void GroupPane::toggleWhy()
{
    if (m_why->isVisible())
        m_why->toggle();
}

void GroupPane::askWhy()
{
    const DeadLetterGroup* group = m_list->current();
    if (!m_why->isChecked() || !group)
        return;
    m_whyLoad.ask([&data = m_context.data, id = group->id](std::stop_token stop) { return data.whyGrouped(id, stop); });
}

void GroupPane::askMerge()
{
    const std::vector<DeadLetterGroup> chosen = m_list->chosen();
    const DeadLetterGroup* into = m_list->current();
    QStringList others;
    ConfirmRequest request;
    std::int64_t letters = 0;
    for (const DeadLetterGroup& group : chosen) {
        if (!into || group.id == into->id)
            continue;
        others += group.id;
        letters += group.count;
        request.facts.emplace_back(tr("Joins it"),
                                   tr("%1, %2").arg(visibleText(group.title), lettersText(group.count)));
    }
    if (others.isEmpty()) {
        Q_EMIT said(tr("Choose two groups or more: Ctrl and click, or X"));
        return;
    }
    request.title = tr("Merge %1 into the group %2?").arg(lettersText(letters), visibleText(into->title));
    request.consequence =
        tr("These groups become one, also for letters to come. No letter changes its state; it can be "
           "taken back under Why.");
    request.asksReason = true;
    request.actionText = tr("Merge the groups");
    request.commandLine = u"spillwayctl dlq merge %1 --into %2 --reason TEXT"_s.arg(others.join(u' '), into->id);
    m_context.prompter.confirm(this, request, [this, others, target = into->id](const ConfirmAnswer& answer) {
        if (answer.isAccepted)
            decide(others, target, answer.reason);
    });
}

void GroupPane::takeBack(const QStringList& groupIds)
{
    ConfirmRequest request;
    request.title = tr("Take %n decision(s) on this group back?", nullptr, static_cast<int>(groupIds.size()));
    request.consequence = tr("The letters go back to the groups that their fingerprints say. Their states stay.");
    request.asksReason = true;
    request.actionText = tr("Take it back");
    request.commandLine = u"spillwayctl dlq unmerge %1 --reason TEXT"_s.arg(groupIds.join(u' '));
    m_context.prompter.confirm(this, request, [this, groupIds](const ConfirmAnswer& answer) {
        if (answer.isAccepted)
            decide(groupIds, {}, answer.reason);
    });
}

void GroupPane::decide(const QStringList& groups, const QString& into, const QString& reason)
{
    m_decideLoad.ask([&data = m_context.data, groups, into, reason](std::stop_token stop) -> Result<bool> {
        const Status done = data.mergeGroups(groups, into, reason, stop);
        return done ? Result<bool>(true) : tl::unexpected<Error>(done.error());
    });
}

} // namespace spillway::views
