// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/groupingactions.h"

#include "model/base/text.h"
#include "views/deadletters/letterwords.h"
#include "views/shell/workbar.h"

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr std::size_t mostFactsShown = 8; // in a question; the command line lists them all

}

GroupingActions::GroupingActions(const ViewContext& context, WorkBar& work, QWidget* owner)
    : QObject(owner)
    , m_context(context)
    , m_work(work)
    , m_owner(owner)
    , m_previewLoad([this](Result<RegroupPreview> preview) { showPreview(std::move(preview)); })
    , m_regroupLoad([this](Result<RegroupProgress> done) {
        m_work.end();
        Q_EMIT said(
            done ? tr("%1 looked at, %2 in another group now").arg(lettersText(done->done), lettersText(done->moved))
                 : failureSentence(done.error()));
        Q_EMIT decided();
    })
    , m_knownExportLoad([this](Result<std::int64_t> count) {
        Q_EMIT said(count ? tr("%n known error(s) written", nullptr, static_cast<int>(*count))
                          : failureSentence(count.error()));
    })
    , m_knownPlanLoad([this](Result<KnownImport> import) { askImport(std::move(import)); })
    , m_knownImportLoad([this](Result<QString> sentence) {
        Q_EMIT said(sentence ? *sentence : failureSentence(sentence.error()));
        Q_EMIT decided();
    })
{
}

void GroupingActions::askRegroup()
{
    if (m_work.isWorking())
        return;
    const auto progress = m_work.begin(tr("Looking at what grouping anew would do"));
    m_previewLoad.ask([&source = m_context.data, progress](std::stop_token stop) {
        return source.previewRegroup(progress.get(), stop);
    });
}

void GroupingActions::showPreview(Result<RegroupPreview> preview)
{
    m_work.end();
    if (!preview) {
        Q_EMIT said(failureSentence(preview.error()));
        return;
    }
    if (preview->moved == 0) {
        Q_EMIT said(
            tr("%1 looked at: each is in the group where the rules want it").arg(lettersText(preview->letters)));
        return;
    }
    ConfirmRequest request;
    request.title = tr("Group %1 anew?").arg(lettersText(preview->letters));
    request.consequence = tr("By grouping.yaml as it is now. Notes, tags and decisions go with their groups. It can be "
                             "stopped; what is not done yet is done later.");
    request.facts = {
        {tr("Would move"), lettersText(preview->moved)},
        {tr("Groups"),
         tr("%1 now, %2 then").arg(formatCount(preview->groupsBefore), formatCount(preview->groupsAfter))}};
    for (const RegroupPreview::Move& move : preview->moves) {
        if (request.facts.size() >= mostFactsShown)
            break;
        request.facts.emplace_back(lettersText(move.letters),
                                   tr("%1 → %2").arg(visibleText(move.fromTitle), visibleText(move.intoTitle)));
    }
    request.asksReason = true;
    request.actionText = tr("Group anew");
    request.commandLine = u"spillwayctl dlq regroup --reason TEXT"_s;
    m_context.prompter.confirm(m_owner, request, [this](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        const auto progress = m_work.begin(tr("Grouping anew"));
        m_regroupLoad.ask([&source = m_context.data, reason = answer.reason, progress](std::stop_token stop) {
            return source.regroup(reason, progress.get(), stop);
        });
    });
}

void GroupingActions::exportKnown()
{
    m_context.prompter.chooseSaveFile(
        m_owner, tr("Export the known errors"), u"known-errors.yaml"_s, tr("YAML (*.yaml *.yml);;JSON (*.json)"),
        [self = QPointer(this)](const QString& file) {
            if (!self || file.isEmpty())
                return;
            self->m_knownExportLoad.ask([&source = self->m_context.data, file](std::stop_token stop) {
                return source.exportKnownErrors(file, stop);
            });
        });
}

void GroupingActions::importKnown()
{
    m_context.prompter.chooseOpenFile(m_owner, tr("Import known errors"), tr("Known errors (*.yaml *.yml *.json)"),
                                      [self = QPointer(this)](const QString& file) {
                                          if (!self || file.isEmpty())
                                              return;
                                          self->m_knownPlanLoad.ask(
                                              [&source = self->m_context.data, file](std::stop_token stop) {
                                                  return source.planKnownImport(file, stop);
                                              });
                                      });
}

void GroupingActions::askImport(Result<KnownImport> import)
{
    if (!import) {
        Q_EMIT said(failureSentence(import.error()));
        return;
    }
    if (import->actions.empty()) {
        Q_EMIT said(visibleText(knownImportText(*import, true).simplified()));
        return;
    }
    ConfirmRequest request;
    request.title = tr("Take over %n known error(s)?", nullptr, static_cast<int>(import->actions.size()));
    request.consequence = tr("Each is a decision in the ledger: the letters of its group get its kind, also those to "
                             "come. Undo takes them back one by one.");
    request.facts = {{tr("Known just so already"), formatCount(import->same)}};
    for (const QString& why : import->skipped) {
        if (request.facts.size() >= mostFactsShown)
            break;
        request.facts.emplace_back(tr("Left out"), why);
    }
    request.actionText = tr("Take them over");
    request.commandLine = u"spillwayctl dlq known import FILE"_s;
    m_context.prompter.confirm(m_owner, request, [this, import = std::move(*import)](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        m_knownImportLoad.ask([&source = m_context.data, import](std::stop_token stop) -> Result<QString> {
            for (const KnownErrorAction& action : import.actions) {
                if (const auto done = source.act(action, stop); !done)
                    return tl::unexpected<Error>(done.error());
            }
            return knownImportText(import, false).section(u'\n', 0, 0);
        });
    });
}

void GroupingActions::stop()
{
    m_previewLoad.cancel();
    m_regroupLoad.cancel();
}

} // namespace spillway::views
