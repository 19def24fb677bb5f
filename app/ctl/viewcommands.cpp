// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/savedviews.h"

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray viewsJson(const std::vector<SavedView>& views)
{
    JsonWriter json;
    json.beginArray();
    for (const SavedView& view : views) {
        json.beginObject()
            .field(u"name", view.name)
            .field(u"query", view.query)
            .field(u"description", view.description)
            .field(u"file", view.file)
            .endObject();
    }
    json.endArray();
    return json.json();
}

template<class C>
concept NamesView = requires(C& command)
{
    command.view;
};

QString& written(QString& query)
{
    return query;
}
QString& written(std::optional<QString>& query)
{
    return query ? *query : query.emplace();
}
template<NamesView C>
QString& queryOf(C& command)
{
    return written(command.query);
}
QString& queryOf(DlqAct& command)
{
    return written(std::get<ArchiveAction>(command.action).query); // no other action takes letters
}

int takeView(Session& session, const QString& name, QString& query)
{
    // The query that was typed is read by itself first: its columns are those the user counts.
    if (const auto typed = parseQuery(query); !typed)
        return refuse(typed.error());
    const Context* context = session.context();
    if (!context)
        return Usage;
    const auto view = savedView(context->workspace.queriesFolder, name);
    if (!view)
        return refuse(view.error());
    query = bothQueries(view->query, query);
    return Done;
}

} // namespace

int run(Session& session, const DlqViews&)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    const SavedViews saved = readSavedViews(context->workspace.queriesFolder);
    const int code = reportIssues(saved.issues);
    if (session.options().json) {
        printLine(viewsJson(saved.views));
        return code;
    }
    if (saved.views.empty())
        printText(u"no view is saved in %1; `spillwayctl dlq view save NAME --query Q` saves one"_s.arg(
            context->workspace.queriesFolder));
    for (const SavedView& view : saved.views) {
        printText(visibleText(view.name) + u"  "_s + visibleText(view.query));
        if (!view.description.isEmpty())
            printText(u"    "_s + visibleText(view.description));
    }
    return code;
}

int run(Session& session, const DlqViewSave& command)
{
    const auto query = parseQuery(command.query);
    if (!query)
        return refuse(query.error());
    const Context* context = session.context();
    if (!context)
        return Usage;
    SavedView view;
    view.name = command.name;
    view.query = command.query;
    view.description = command.description;
    const auto file = saveView(context->workspace.queriesFolder, view, command.replaces);
    if (!file) {
        Error error = file.error();
        if (error.code == ErrorCode::Conflict)
            error.detail += u" (--replace)"_s;
        return refuse(error);
    }
    if (session.options().json) {
        JsonWriter json;
        json.beginObject().field(u"name", view.name).field(u"file", *file).endObject();
        printLine(json.json());
    } else {
        printText(*file);
    }
    return Done;
}

int takeView(Session& session, Command& command)
{
    return std::visit(
        [&session](auto& asked) -> int {
            if constexpr (NamesView<std::remove_reference_t<decltype(asked)>>)
                return asked.view.isEmpty() ? Done : takeView(session, asked.view, queryOf(asked));
            else
                return Done;
        },
        command);
}

} // namespace spillway::ctl
