// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/savedviewmenu.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "views/widgets/plaintextlabel.h"

#include <QMenu>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

SavedViewMenu::SavedViewMenu(const ViewContext& context, std::function<SavedView()> present, QWidget* owner)
    : QObject(owner)
    , m_context(context)
    , m_present(std::move(present))
    , m_owner(owner)
    , m_viewLoad([this](Result<SavedViews> views) { showViews(std::move(views)); })
    , m_saveLoad([this](Result<QString> file) {
        Q_EMIT said(file ? tr("The view is saved in %1").arg(visibleText(*file)) : failureSentence(file.error()));
    })
{
}

void SavedViewMenu::ask(const QPoint& at)
{
    m_at = at;
    m_viewLoad.ask([&source = m_context.data](std::stop_token stop) { return source.savedViews(stop); });
}

void SavedViewMenu::showViews(Result<SavedViews> views)
{
    if (!views) {
        Q_EMIT said(failureSentence(views.error()));
        return;
    }
    auto* menu = new QMenu(m_owner);
    menu->setObjectName(u"savedViews"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const SavedView& view : views->views) {
        QString name = visibleText(view.name);
        QAction* action = menu->addAction(name.replace(u'&', u"&&"_s), this, [this, view] { Q_EMIT viewChosen(view); });
        action->setToolTip(plainToolTip(view.description.isEmpty() ? view.query : view.description));
    }
    for (const FileIssue& issue : views->issues) {
        QString text = visibleText(issue.toString());
        menu->addAction(text.left(120).replace(u'&', u"&&"_s))->setEnabled(false);
    }
    menu->addSeparator();
    menu->addAction(tr("Save filter, columns and order as a view…"), this, &SavedViewMenu::save);
    menu->popup(m_at);
}

void SavedViewMenu::save()
{
    const SavedView present = m_present();
    ConfirmRequest request;
    request.title = tr("Save this as a view?");
    request.consequence = tr("A small file in the workspace's folder for queries, to be shared with your team's Git. "
                             "A view of the same name is never overwritten.");
    request.facts = {{tr("Filter"), present.query.isEmpty() ? tr("none: all letters") : present.query},
                     {tr("Columns"), present.columns.join(u", "_s)},
                     {tr("Order"), present.sort.isEmpty() ? tr("newest first") : present.sort}};
    if (!present.pivot.isEmpty())
        request.facts.emplace_back(tr("Counted by"), present.pivot.join(u", "_s));
    request.asksText = tr("Name of the view");
    request.actionText = tr("Save the view");
    request.commandLine = u"spillwayctl dlq view save NAME --query %1"_s.arg(shellQuoted(present.query));
    m_context.prompter.confirm(m_owner, request, [this, present](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        SavedView view = present;
        view.name = answer.text.trimmed();
        m_saveLoad.ask([&source = m_context.data, view](std::stop_token stop) { return source.saveView(view, stop); });
    });
}

} // namespace spillway::views
