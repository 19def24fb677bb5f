// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/review/decisionform.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "views/deadletters/letterwords.h"
#include "views/review/reviewwords.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"

#include <QButtonGroup>
#include <QFormLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr std::array verdicts{ReviewVerdict::Replay, ReviewVerdict::FixFirst, ReviewVerdict::Archive,
                              ReviewVerdict::Assign, ReviewVerdict::Watch};
constexpr int notePixels = 72;

/// 0: nobody has decided.
std::int64_t seqOf(const ReviewDecision* decision)
{
    return decision ? decision->seq : 0;
}

} // namespace

DecisionForm::DecisionForm(ViewSettings& settings, QWidget* parent)
    : QWidget(parent)
    , m_settings(settings)
{
    m_title = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, this);
    m_title->setWordWrap(true);
    m_title->setObjectName(u"reviewGroup"_s);
    m_facts = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_facts->setWordWrap(true);
    m_facts->setObjectName(u"reviewFacts"_s);
    m_why = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, this);
    m_why->setWordWrap(true);
    auto* letters = new QPushButton(tr("Show its letters"), this);
    letters->setObjectName(u"reviewLetters"_s);
    connect(letters, &QPushButton::clicked, this, [this] { Q_EMIT lettersAsked(m_group); });

    m_verdicts = new QButtonGroup(this);
    auto* choices = new QHBoxLayout;
    choices->setSpacing(16);
    for (std::size_t at = 0; at < verdicts.size(); ++at) {
        auto* choice = new QRadioButton(verdictText(verdicts[at]), this);
        choice->setObjectName(u"verdict-"_s + reviewVerdictWord(verdicts[at]));
        choice->setAccessibleDescription(verdictConsequence(verdicts[at]));
        m_verdicts->addButton(choice, static_cast<int>(at));
        choices->addWidget(choice);
    }
    choices->addStretch(1);
    m_consequence = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_consequence->setWordWrap(true);
    m_consequence->setObjectName(u"verdictConsequence"_s);

    m_note = new QPlainTextEdit(this);
    m_note->setObjectName(u"reviewNote"_s);
    m_note->setProperty("field", true);
    m_note->setTabChangesFocus(true);
    m_note->setFixedHeight(notePixels);
    m_action = new QLineEdit(this);
    m_action->setObjectName(u"reviewAction"_s);
    m_action->setPlaceholderText(tr("What is to be done; empty: nothing"));
    m_who = new QLineEdit(this);
    m_who->setObjectName(u"reviewWho"_s);
    m_who->setPlaceholderText(tr("A person or a team"));
    m_due = new QLineEdit(this);
    m_due->setObjectName(u"reviewDue"_s);
    m_due->setPlaceholderText(tr("A day, like 2026-12-03"));
    auto* fields = new QFormLayout;
    fields->setLabelAlignment(Qt::AlignLeft | Qt::AlignTop);
    fields->setHorizontalSpacing(16);
    fields->setVerticalSpacing(8);
    fields->addRow(tr("Note"), m_note);
    fields->addRow(tr("Action"), m_action);
    fields->addRow(tr("Who"), m_who);
    fields->addRow(tr("Until"), m_due);

    m_other = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, this);
    m_other->setTone(Tone::Warning);
    m_other->setWordWrap(true);
    m_other->setObjectName(u"reviewOther"_s);
    m_other->hide();
    m_fault = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, this);
    m_fault->setTone(Tone::Critical);
    m_fault->setWordWrap(true);
    m_fault->setObjectName(u"reviewFault"_s);
    m_record = new QPushButton(tr("Record the decision"), this);
    m_record->setObjectName(u"recordDecision"_s);
    m_record->setProperty("primary", true);
    connect(m_record, &QPushButton::clicked, this, &DecisionForm::submit);
    m_takeBack = new QPushButton(tr("Take it back"), this);
    m_takeBack->setObjectName(u"takeBackDecision"_s);
    m_takeBack->hide();
    connect(m_takeBack, &QPushButton::clicked, this, &DecisionForm::takeBack);
    m_command = new CommandLine({}, this);

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_record);
    buttons->addWidget(m_takeBack);
    buttons->addWidget(letters);
    buttons->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_facts);
    layout->addWidget(m_why);
    layout->addSpacing(8);
    layout->addLayout(choices);
    layout->addWidget(m_consequence);
    layout->addLayout(fields);
    layout->addWidget(m_other);
    layout->addWidget(m_fault);
    layout->addLayout(buttons);
    layout->addStretch(1);
    layout->addWidget(m_command);

    const auto change = [this] {
        if (!m_isFilling) {
            m_fault->setText({});
            m_isDraft = true;
        }
        showCommand();
    };
    connect(m_verdicts, &QButtonGroup::idToggled, this, change);
    connect(m_note, &QPlainTextEdit::textChanged, this, change);
    for (QLineEdit* field : {m_action, m_who, m_due}) {
        connect(field, &QLineEdit::textChanged, this, change);
        connect(field, &QLineEdit::returnPressed, this, &DecisionForm::submit);
    }
    clear();
}

void DecisionForm::show(const AgendaItem& item, const ReviewDecision* decision, bool isOpen)
{
    const GroupActivity& activity = item.activity;
    const DeadLetterGroup& group = activity.group;
    const bool isAnother = group.id != m_group;
    m_group = group.id;
    m_isOpen = isOpen;
    m_title->setText(group.title);
    QStringList facts{
        routeText(group.eventType, group.consumer), group.team.value_or(tr("no owner")), kindText(group.kind),
        tr("%1 open").arg(formatCount(group.openCount)),
        tr("%1 came, %2 in the span before").arg(formatCount(activity.arrived), formatCount(activity.arrivedBefore))};
    if (activity.group.oldestOpenAt)
        facts << tr("oldest %1").arg(m_settings.timeText().relative(*activity.group.oldestOpenAt, m_settings.now()));
    if (group.assignee)
        facts << tr("with %1").arg(*group.assignee);
    m_facts->setText(facts.join(u" · "_s));
    m_why->setText(tr("On the agenda: %1").arg(agendaReasonsText(item.reasons)));
    setEnabled(true);
    for (QAbstractButton* choice : m_verdicts->buttons())
        choice->setEnabled(isOpen);
    for (QWidget* field : {static_cast<QWidget*>(m_note), static_cast<QWidget*>(m_action), static_cast<QWidget*>(m_who),
                           static_cast<QWidget*>(m_due)})
        field->setEnabled(isOpen);
    if (isAnother || (!m_isDraft && m_seen != seqOf(decision))) // else a fault that was said stays
        fill(decision);
    showOther(decision);
    showCommand();
}

void DecisionForm::clear()
{
    m_group.clear();
    m_title->setText({});
    m_facts->setText({});
    m_why->setText({});
    fill(nullptr);
    showOther(nullptr);
    showCommand();
    setEnabled(false);
}

void DecisionForm::showOther(const ReviewDecision* decision)
{
    m_word = m_isOpen ? seqOf(decision) : 0;
    m_takeBack->setVisible(m_word != 0);
    const bool isUnseen = decision && decision->seq != m_seen;
    m_other->setText(isUnseen ? decisionSentence(*decision, m_settings.timeText(), m_settings.now()) : QString());
    m_other->setVisible(isUnseen);
}

void DecisionForm::forgetDraft()
{
    m_isDraft = false;
}

void DecisionForm::fill(const ReviewDecision* decision)
{
    m_isFilling = true;
    m_isDraft = false;
    m_seen = seqOf(decision);
    m_fault->setText({});
    m_verdicts->setExclusive(false);
    for (QAbstractButton* choice : m_verdicts->buttons())
        choice->setChecked(false);
    m_verdicts->setExclusive(true);
    if (decision)
        choose(decision->verdict);
    m_note->setPlainText(decision ? decision->note : QString());
    m_action->setText(decision ? decision->action.what : QString());
    m_who->setText(decision ? decision->action.who : QString());
    m_due->setText(decision && decision->action.due ? decision->action.due->toString(Qt::ISODate) : QString());
    m_isFilling = false;
}

void DecisionForm::choose(ReviewVerdict verdict)
{
    for (std::size_t at = 0; at < verdicts.size(); ++at) {
        if (verdicts[at] == verdict)
            m_verdicts->button(static_cast<int>(at))->setChecked(true);
    }
}

ReviewWords DecisionForm::words() const
{
    const int chosen = m_verdicts->checkedId();
    return {.verdict = chosen < 0 ? QString() : reviewVerdictWord(verdicts[static_cast<std::size_t>(chosen)]),
            .note = m_note->toPlainText(),
            .action = m_action->text(),
            .who = m_who->text(),
            .due = m_due->text(),
            .seen = m_seen};
}

void DecisionForm::submit()
{
    if (m_group.isEmpty() || !m_isOpen)
        return;
    const ReviewWords given = words();
    if (given.verdict.isEmpty()) {
        m_fault->setText(tr("Choose what is to become of the group"));
        return;
    }
    if (const auto decision = readReviewWords(given); !decision) {
        m_fault->setText(decision.error().detail);
        return;
    }
    m_fault->setText({});
    Q_EMIT decided(m_group, given);
}

void DecisionForm::takeBack()
{
    if (m_word != 0)
        Q_EMIT takeBackAsked(m_group, m_word);
}

void DecisionForm::showCommand()
{
    if (m_isFilling)
        return;
    const ReviewWords given = words();
    const int chosen = m_verdicts->checkedId();
    m_consequence->setText(!m_isOpen    ? tr("Decisions are recorded while a review is open")
                           : chosen < 0 ? tr("Choose with the keys 1 to 5, then Ctrl+Enter")
                                        : verdictConsequence(verdicts[static_cast<std::size_t>(chosen)]));
    m_record->setEnabled(m_isOpen && !m_group.isEmpty());
    QString line = u"spillwayctl review decide %1 --decision %2"_s.arg(
        m_group.isEmpty() ? u"GROUP"_s : m_group, given.verdict.isEmpty() ? u"WORD"_s : given.verdict);
    for (const auto& [option, value] : {std::pair(u" --note "_s, given.note), std::pair(u" --action "_s, given.action),
                                        std::pair(u" --who "_s, given.who), std::pair(u" --due "_s, given.due)}) {
        if (!value.trimmed().isEmpty())
            line += option + shellQuoted(value.trimmed());
    }
    m_command->setLine(line);
}

} // namespace spillway::views
