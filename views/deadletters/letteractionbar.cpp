// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/letteractionbar.h"

#include "model/base/shelltext.h"
#include "views/deadletters/letterwords.h"
#include "views/widgets/commandline.h"
#include "views/widgets/flowlayout.h"
#include "views/widgets/plaintextlabel.h"

#include <QHBoxLayout>
#include <QPushButton>

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

LetterActionBar::LetterActionBar(QWidget* parent)
    : QWidget(parent)
{
    auto* buttons = new FlowLayout(8); // in a narrow window they go on in a second line, whole
    const auto add = [&](const QString& text, const QString& name) {
        auto* button = new QPushButton(text, this);
        button->setObjectName(name);
        buttons->addWidget(button);
        return button;
    };
    m_replay = add(tr("Replay…"), u"replayLetters"_s);
    m_replay->setProperty("primary", true);
    connect(m_replay, &QPushButton::clicked, this, &LetterActionBar::replayAsked);
    const std::pair<QString, TriageState> decisions[]{{tr("Assign…"), TriageState::Assigned},
                                                      {tr("Park…"), TriageState::Parked},
                                                      {tr("Archive…"), TriageState::Archived},
                                                      {tr("Resolve…"), TriageState::Resolved}};
    for (const auto& [text, state] : decisions) {
        m_triage << add(text, u"triage-"_s + triageStateWord(state));
        connect(m_triage.back(), &QPushButton::clicked, this, [this, to = state] { Q_EMIT triageAsked(to); });
    }
    connect(add(tr("Export…"), u"exportLetters"_s), &QPushButton::clicked, this, &LetterActionBar::exportAsked);
    connect(add(tr("Comment"), u"commentLetters"_s), &QPushButton::clicked, this, &LetterActionBar::commentAsked);
    connect(add(tr("Kind"), u"kindOfGroup"_s), &QPushButton::clicked, this, &LetterActionBar::kindAsked);
    connect(add(tr("Undo…"), u"undoDecision"_s), &QPushButton::clicked, this, &LetterActionBar::undoAsked);
    m_more = add(tr("More"), u"moreLetterActions"_s);
    m_more->setAccessibleName(tr("Split, group anew, known errors, map the topic"));
    connect(m_more, &QPushButton::clicked, this, &LetterActionBar::moreAsked);
    m_command = new CommandLine({}, this);
    m_line = new QWidget(this);
    auto* line = new QHBoxLayout(m_line);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(16);
    line->addWidget(m_command, 1);
    line->addStretch();
    line->addWidget(new PlainTextLabel(tr("/ filter · ? all keys"), TextSize::Body, PlainTextLabel::Ink::Muted, this));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(buttons);
    layout->addWidget(m_line);
}

void LetterActionBar::showChoice(const std::optional<LetterChoice>& choice, const QString& groupQuery)
{
    const bool isSome = choice && choice->count > 0;
    m_replay->setEnabled(isSome);
    for (QPushButton* button : std::as_const(m_triage))
        button->setEnabled(isSome);
    if (!choice) {
        m_replay->setText(tr("Replay…"));
        m_command->setLine({});
        return;
    }
    m_replay->setText(choice->ids.isEmpty() ? tr("Replay the group, %1…").arg(lettersText(choice->count))
                                            : tr("Replay %1…").arg(lettersText(choice->count)));
    constexpr qsizetype mostNamed = 20; // longer lines nobody reads
    if (choice->ids.size() == 1)
        m_command->setLine(u"spillwayctl dlq show %1"_s.arg(shellQuoted(choice->ids.first())));
    else if (choice->ids.size() > mostNamed)
        m_command->setLine({});
    else if (!choice->ids.isEmpty())
        m_command->setLine(u"spillwayctl dlq triage %1 --to STATE --reason TEXT"_s.arg(choice->ids.join(u' ')));
    else
        m_command->setLine(u"spillwayctl replay plan --query %1 --out PLAN"_s.arg(shellQuoted(groupQuery)));
}

void LetterActionBar::showLine(bool isShown)
{
    m_line->setVisible(isShown);
}

QPoint LetterActionBar::placeOfMore(const QSize& menu) const
{
    return m_more->mapToGlobal(QPoint(0, -menu.height()));
}

} // namespace spillway::views
