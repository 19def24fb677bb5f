// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/letteractions.h"

#include "model/base/text.h"
#include "views/deadletters/letterwords.h"
#include "views/replays/replaysheet.h"
#include "views/shell/workbar.h"

#include <QFileInfo>

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

LetterActions::LetterActions(const ViewContext& context, WorkBar& work,
                             std::function<std::optional<LetterChoice>()> choice, std::function<QString()> groupTitle,
                             QWidget* owner)
    : QObject(owner)
    , m_context(context)
    , m_work(work)
    , m_choice(std::move(choice))
    , m_groupTitle(std::move(groupTitle))
    , m_owner(owner)
    , m_triageLoad([this](Result<Decided> done) {
        Q_EMIT said(done ? decidedSentence(*done) : failureSentence(done.error()));
        Q_EMIT decided();
    })
    , m_freezeLoad([this](Result<FrozenLetters> frozen) { freeze(std::move(frozen)); })
    , m_splitLoad([this](Result<QString> group) {
        m_work.end();
        Q_EMIT said(group ? tr("The letters are the group %1 now; take it back under Why").arg(*group)
                          : failureSentence(group.error()));
        Q_EMIT decided();
    })
    , m_exportLoad([this](Result<ExportReport> report) {
        m_work.end();
        Q_EMIT said(report ? exportReportText(*report) : failureSentence(report.error()));
    })
{
}

QString LetterActions::decidedSentence(const Decided& decided)
{
    const QString sentence = tr("%1 changed").arg(lettersText(decided.changed));
    const std::int64_t arrived = decided.arrivedSince.value_or(0);
    return arrived > 0 ? tr("%1; arrived since, not changed: %2").arg(sentence, lettersText(arrived)) : sentence;
}

void LetterActions::withFrozen(std::function<void(const LetterChoice&)> act)
{
    const std::optional<LetterChoice> chosen = m_choice();
    if (!chosen || chosen->count == 0)
        return;
    if (!chosen->ids.isEmpty()) {
        act(*chosen);
        return;
    }
    m_whenFrozen = std::move(act);
    m_frozenWhat = m_groupTitle();
    m_freezeLoad.ask([&source = m_context.data, query = chosen->query](std::stop_token stop) {
        return source.freezeLetters(query, stop);
    });
}

void LetterActions::freeze(Result<FrozenLetters> frozen)
{
    const auto act = std::exchange(m_whenFrozen, {});
    if (!frozen) {
        Q_EMIT said(failureSentence(frozen.error()));
        return;
    }
    if (frozen->ids.isEmpty()) {
        Q_EMIT said(tr("These letters are no longer there"));
        return;
    }
    const std::int64_t count = frozen->ids.size();
    act({.ids = frozen->ids,
         .query = frozen->query,
         .what = tr("the group %1, %2 as of %3")
                     .arg(m_frozenWhat, lettersText(count), m_context.settings.timeText().absolute(frozen->at)),
         .count = count,
         .frozen = std::move(*frozen)});
}

void LetterActions::replay()
{
    withFrozen([this](const LetterChoice& chosen) {
        auto* sheet = new ReplaySheet(m_context.data, m_context.prompter,
                                      {.letterIds = chosen.ids, .query = chosen.query, .to = {}}, chosen.what, m_owner);
        connect(sheet, &ReplaySheet::started, this, &LetterActions::replayStarted);
        sheet->open();
    });
}

void LetterActions::triage(TriageState to)
{
    withFrozen([this, to](const LetterChoice& chosen) {
        const CellMark mark = triageMark(to);
        ConfirmRequest request;
        request.title = tr("Mark %1 as %2?").arg(chosen.what, mark.word);
        request.consequence =
            chosen.frozen ? tr("This is a decision in the ledger: who, when, why. It is about just these letters: what "
                               "arrives from now on stays as it is. Their topic stays as it is, too.")
                          : tr("This is a decision in the ledger: who, when, why. The letters and their topic stay as "
                               "they are.");
        request.asksText = to == TriageState::Assigned ? tr("Who takes it") : QString();
        request.asksReason = true;
        request.actionText = to == TriageState::Assigned ? tr("Assign") : tr("Mark as %1").arg(mark.word);
        if (const QString letters = namedLetters(chosen.ids); !letters.isEmpty())
            request.commandLine = u"spillwayctl dlq triage %1 --to %2 --reason TEXT%3"_s.arg(
                letters, triageStateWord(to), to == TriageState::Assigned ? u" --assign WHO"_s : QString());
        m_context.prompter.confirm(m_owner, request, [this, chosen, to](const ConfirmAnswer& answer) {
            if (!answer.isAccepted)
                return;
            TriageRequest decision{.to = to, .reason = answer.reason, .assignee = std::nullopt};
            if (to == TriageState::Assigned)
                decision.assignee = answer.text;
            decide(chosen, decision);
        });
    });
}

void LetterActions::decide(const LetterChoice& chosen, const TriageRequest& decision)
{
    m_triageLoad.ask([&source = m_context.data, chosen, decision](std::stop_token stop) -> Result<Decided> {
        const auto changed = source.triage(chosen.ids, {}, decision, stop);
        if (!changed)
            return tl::unexpected<Error>(changed.error());
        Decided done{.changed = *changed, .arrivedSince = std::nullopt};
        if (chosen.frozen) {
            if (const auto arrived = source.arrivedSince(*chosen.frozen, stop))
                done.arrivedSince = *arrived;
        }
        return done;
    });
}

void LetterActions::split()
{
    withFrozen([this](const LetterChoice& chosen) {
        ConfirmRequest request;
        request.title = tr("Make a group of its own of %1?").arg(chosen.what);
        request.consequence = tr("These letters leave their groups; what arrives later is grouped as before. No letter "
                                 "changes its state, and it can be taken back under Why.");
        request.asksText = tr("Title of the new group");
        request.asksReason = true;
        request.actionText = tr("Split them off");
        if (const QString letters = namedLetters(chosen.ids); !letters.isEmpty())
            request.commandLine = u"spillwayctl dlq split %1 --title TEXT --reason TEXT"_s.arg(letters);
        m_context.prompter.confirm(m_owner, request, [this, ids = chosen.ids](const ConfirmAnswer& answer) {
            if (!answer.isAccepted)
                return;
            (void)m_work.begin(tr("Splitting %1 off").arg(lettersText(ids.size())));
            m_splitLoad.ask([&source = m_context.data, ids, answer](std::stop_token stop) {
                return source.splitLetters(ids, answer.text.trimmed(), answer.reason, stop);
            });
        });
    });
}

void LetterActions::exportLetters(const QString& query, std::optional<std::int64_t> count)
{
    m_context.prompter.chooseSaveFile(
        m_owner, tr("Export the group"), u"dead-letters.xlsx"_s,
        tr("Excel (*.xlsx);;CSV (*.csv);;JSON lines (*.jsonl)"),
        [self = QPointer(this), query, count](const QString& file) {
            if (!self || file.isEmpty())
                return;
            const auto progress = self->m_work.begin(tr("Exporting to %1").arg(QFileInfo(file).fileName()));
            if (count)
                progress->total = *count;
            self->m_exportLoad.ask([&source = self->m_context.data, query, file, progress](std::stop_token stop) {
                return source.exportLetters(query, file, progress.get(), stop);
            });
        });
}

void LetterActions::stop()
{
    m_exportLoad.cancel();
    m_splitLoad.cancel();
}

bool LetterActions::isSettled() const
{
    return !m_exportLoad.isRunning() && !m_triageLoad.isRunning() && !m_freezeLoad.isRunning();
}

} // namespace spillway::views
