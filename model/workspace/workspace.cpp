// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/workspace/workspace.h"

#include "model/workspace/settings.h"
#include "model/workspace/workspacedraft.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto workspaceFileName = "spillway.yaml";

QString workspaceFileOf(const QString& path)
{
    const QFileInfo info(path);
    return QDir::cleanPath(info.isDir() ? QDir(path).absoluteFilePath(QLatin1StringView(workspaceFileName))
                                        : info.absoluteFilePath());
}

void readVersion(MapReader& map, IssueList& issues)
{
    const YamlNode* node = map.child(u"version"_s);
    if (node != nullptr && (node->kind != YamlNode::Kind::Scalar || node->text != u"1"))
        issues.error(*node, u"'version' of the workspace is not 1, the only one this Spillway reads"_s,
                     u"write version: 1"_s);
}

/// The name becomes part of the state folder's name.
QString readName(MapReader& map, const QString& folder, IssueList& issues)
{
    const auto name = map.text(u"name"_s);
    if (!name)
        return map.child(u"name"_s) == nullptr ? QFileInfo(folder).fileName() : QString();
    const bool isSafe =
        name->size() <= 64 && !name->startsWith(u'.') &&
        std::all_of(name->begin(), name->end(), [](QChar c) { return c.isPrint() && c != u'/' && c != u'\\'; });
    if (!isSafe)
        issues.error(*map.child(u"name"_s),
                     u"'name' of the workspace is %1, which cannot name a folder"_s.arg(quoted(*name)),
                     u"write up to 64 letters, digits, hyphens and underscores"_s);
    return *name;
}

Environment readEnvironment(MapReader& map, IssueList& issues)
{
    const auto word = map.text(u"environment"_s);
    if (!word) {
        if (map.isMap() && map.child(u"environment"_s) == nullptr)
            issues.warning(map.node(), u"the workspace does not say its environment, so it counts as development"_s,
                           u"add environment: production, staging or development"_s);
        return Environment::Development;
    }
    for (const Environment environment : {Environment::Production, Environment::Staging, Environment::Development}) {
        if (*word == environmentWord(environment))
            return environment;
    }
    issues.error(*map.child(u"environment"_s),
                 u"'environment' of the workspace is %1%2"_s.arg(
                     quoted(*word), didYouMean(*word, {u"production"_s, u"staging"_s, u"development"_s})),
                 u"write production, staging or development"_s);
    return Environment::Production; // the careful one, should anybody look
}

void readConnections(MapReader& map, Workspace& workspace, const SettingsContext& context)
{
    IssueList& issues = context.issues;
    const YamlNode* list = map.child(u"connections"_s);
    if (list == nullptr)
        return;
    if (list->kind != YamlNode::Kind::Sequence) {
        issues.error(*list, u"'connections' of the workspace is not a list"_s,
                     u"begin each connection with '- name: …'"_s);
        return;
    }
    for (const YamlNode* node : list->items) {
        auto connection = readConnection(*node, context);
        if (!connection)
            continue;
        if (workspace.connection(connection->name) != nullptr)
            issues.error(*node->find(u"name"),
                         u"the name %1 belongs to two connections"_s.arg(quoted(connection->name)),
                         u"give each connection its own name"_s);
        else
            workspace.connections.push_back(std::move(*connection));
    }
}

/// A list of entries that each have a name of their own.
template<typename Entry>
void readNamed(MapReader& map, const QString& key, std::vector<Entry>& into,
               std::optional<Entry> (*read)(const YamlNode&, const SettingsContext&), const SettingsContext& context)
{
    const YamlNode* list = map.child(key);
    if (list == nullptr)
        return;
    if (list->kind != YamlNode::Kind::Sequence) {
        context.issues.error(*list, u"'%1' of the workspace is not a list"_s.arg(key),
                             u"begin each entry with '- name: …'"_s);
        return;
    }
    for (const YamlNode* node : list->items) {
        auto entry = read(*node, context);
        if (!entry)
            continue;
        if (std::any_of(into.begin(), into.end(), [&](const Entry& other) { return other.name == entry->name; }))
            context.issues.error(*node->find(u"name"),
                                 u"the name %1 stands twice in '%2'"_s.arg(quoted(entry->name), key),
                                 u"give each entry its own name"_s);
        else
            into.push_back(std::move(*entry));
    }
}

/// A registry can only serve connections that there are.
void checkRegistryConnections(const Workspace& workspace, IssueList& issues)
{
    for (const RegistrySettings& registry : workspace.registries) {
        for (const QString& name : registry.connections) {
            if (workspace.connection(name) == nullptr)
                issues.errorAt(registry.place.line, registry.place.column,
                               u"registry %1 names the connection %2, which does not exist"_s.arg(quoted(registry.name),
                                                                                                  quoted(name)),
                               u"write the name of one of 'connections', or remove the key to mean all"_s);
        }
    }
}

AlertTelling readAlertTelling(const YamlNode& node, bool hasTargets, IssueList& issues)
{
    AlertTelling telling;
    MapReader map(node, u"alerts.notify"_s, issues);
    if (!hasTargets)
        issues.error(node, u"alerts.notify has nobody to tell"_s,
                     u"write where under notify: [{ name: hub, kind: webhook, url: https://… }], or remove the key"_s);
    if (const auto word = map.text(u"severity"_s)) {
        if (word == u"critical")
            telling.from = AlertTelling::From::Critical;
        else if (word == u"info")
            telling.from = AlertTelling::From::Info;
        else if (word != u"warning")
            issues.error(*map.child(u"severity"_s), u"%1 is %2"_s.arg(map.whatOf(u"severity"), quoted(*word)),
                         u"write critical, warning or info"_s);
    }
    if (const auto pace = map.duration(u"pace"_s, Millis(0)))
        telling.pace = *pace;
    if (const auto repeat = map.duration(u"repeat"_s, Millis(60'000)))
        telling.repeat = *repeat;
    map.finish();
    return telling;
}

void readAlerts(const YamlNode& node, AlertThresholds& alerts, bool hasTargets, IssueList& issues)
{
    MapReader map(node, u"alerts"_s, issues);
    if (const auto count = map.integer(u"dead_letter_warning_count"_s, {.min = 0}))
        alerts.deadLetterWarningCount = *count;
    if (const auto age = map.duration(u"dead_letter_p1_age"_s, Millis(1)))
        alerts.deadLetterP1Age = *age;
    if (const YamlNode* notify = map.child(u"notify"_s))
        alerts.telling = readAlertTelling(*notify, hasTargets, issues);
    map.finish();
}

void readRetention(const YamlNode& node, RetentionSettings& retention, IssueList& issues)
{
    MapReader map(node, u"retention"_s, issues);
    constexpr auto shortest = std::chrono::hours(1);
    if (const auto samples = map.duration(u"samples"_s, shortest))
        retention.samples = *samples;
    if (const auto letters = map.duration(u"dead_letters"_s, shortest))
        retention.deadLetters = *letters;
    if (const auto size = map.sizeBytes(u"max_size"_s))
        retention.maxSizeBytes = *size;
    map.finish();
}

QString readFolder(MapReader& map, const QString& key, const SettingsContext& context)
{
    const auto path = map.text(key);
    if (!path)
        return {};
    const QString absolute = absolutePath(context.folder, *path);
    if (QFileInfo(absolute).isDir())
        return absolute;
    context.issues.error(
        *map.child(key), u"'%1' of the workspace names the folder %2, which does not exist"_s.arg(key, quoted(*path)),
        u"create it, correct the path (it starts at the folder of spillway.yaml), or remove the key"_s);
    return {};
}

/// The folder a key names; without the key, `defaultName` in the workspace's folder where there is one.
QString readOptionalFolder(MapReader& map, const QString& key, const QString& defaultName,
                           const SettingsContext& context)
{
    if (map.child(key))
        return readFolder(map, key, context);
    const QString folder = absolutePath(context.folder, defaultName);
    return QFileInfo(folder).isDir() ? folder : QString();
}

/// The file a key names; without the key, `defaultName` in the workspace's folder where there is one.
QString readOptionalFile(MapReader& map, const QString& key, const QString& defaultName, const SettingsContext& context)
{
    if (map.child(key))
        return readFilePath(map, key, context);
    const QString file = absolutePath(context.folder, defaultName);
    return QFileInfo(file).isFile() ? file : QString();
}

/// The folder of saved views. One that is named has to be there; the usual one may come with the first view.
QString readQueriesFolder(MapReader& map, const SettingsContext& context)
{
    const auto path = map.text(u"queries"_s);
    const QString absolute = absolutePath(context.folder, path.value_or(u"queries"_s));
    if (path && !QFileInfo(absolute).isDir())
        context.issues.error(
            *map.child(u"queries"_s),
            u"'queries' of the workspace names the folder %1, which does not exist"_s.arg(quoted(*path)),
            u"create it, correct the path (it starts at the folder of spillway.yaml), or remove the key"_s);
    return absolute;
}

} // namespace

WorkspaceDraft readWorkspaceDraft(const QString& path)
{
    WorkspaceDraft draft;
    Workspace& workspace = draft.workspace;
    workspace.file = workspaceFileOf(path);
    workspace.folder = QFileInfo(workspace.file).absolutePath();
    Checked<YamlDocument> document = readYamlFile(workspace.file);
    if (!document.value) {
        draft.issues = std::move(document.issues);
        return draft;
    }
    IssueList issues(workspace.file);
    issues.append(std::move(document.issues));
    const SettingsContext context{workspace.folder, issues};
    MapReader map(*document.value->root, u"the workspace"_s, issues);
    readVersion(map, issues);
    workspace.name = readName(map, workspace.folder, issues);
    workspace.environment = readEnvironment(map, issues);
    workspace.ownershipFile = readFilePath(map, u"ownership"_s, context);
    workspace.catalogFile = readFilePath(map, u"catalog"_s, context);
    workspace.schemasFolder = readFolder(map, u"schemas"_s, context);
    workspace.pricingFile = readFilePath(map, u"pricing"_s, context);
    workspace.groupingFile = readOptionalFile(map, u"grouping"_s, u"grouping.yaml"_s, context);
    workspace.kindsFile = readOptionalFile(map, u"kinds"_s, u"kinds.yaml"_s, context);
    workspace.maskingFile = readOptionalFile(map, u"masking"_s, u"masking.yaml"_s, context);
    workspace.queriesFolder = readQueriesFolder(map, context);
    workspace.dialectsFolder = readOptionalFolder(map, u"dialects"_s, u"dialects"_s, context);
    readConnections(map, workspace, context);
    readNamed(map, u"registries"_s, workspace.registries, readRegistry, context);
    checkRegistryConnections(workspace, issues);
    readNamed(map, u"notify"_s, workspace.notify, readNotifyTarget, context);
    if (const YamlNode* alerts = map.child(u"alerts"_s))
        readAlerts(*alerts, workspace.alerts, map.child(u"notify"_s) != nullptr, issues);
    if (const YamlNode* retention = map.child(u"retention"_s))
        readRetention(*retention, workspace.retention, issues);
    if (const YamlNode* headers = map.child(u"replay_headers"_s))
        workspace.replayHeaders = readHeaderPolicy(*headers, u"the workspace"_s, context);
    workspace.rescuesPointers = map.boolean(u"rescue"_s).value_or(true);
    map.finish();
    draft.issues = issues.take();
    return draft;
}

Checked<Workspace> loadWorkspace(const QString& path)
{
    WorkspaceDraft draft = readWorkspaceDraft(path);
    Checked<Workspace> checked{std::nullopt, std::move(draft.issues)};
    if (!hasErrors(checked.issues))
        checked.value = std::move(draft.workspace);
    return checked;
}

const ConnectionSettings* Workspace::connection(const QString& connectionName) const
{
    for (const ConnectionSettings& candidate : connections) {
        if (candidate.name == connectionName)
            return &candidate;
    }
    return nullptr;
}

Result<QString> findWorkspaceFile(const QString& startFolder)
{
    QDir folder(QDir(startFolder).absolutePath());
    do {
        const QString file = folder.absoluteFilePath(QLatin1StringView(workspaceFileName));
        if (QFileInfo(file).isFile())
            return file;
    } while (folder.cdUp());
    return fail(
        ErrorCode::NotFound,
        u"there is no spillway.yaml in %1 or the folders above it; make one with 'spillwayctl init', or name one with --workspace"_s
            .arg(QDir(startFolder).absolutePath()));
}

QString defaultStateFolder(const Workspace& workspace)
{
    // XDG Base Directory Specification: a relative path is to be ignored
    QString base = qEnvironmentVariable("XDG_STATE_HOME");
    if (!QDir::isAbsolutePath(base))
        base = QDir::homePath() + u"/.local/state"_s;
    const QByteArray hash =
        QCryptographicHash::hash(workspace.file.toUtf8(), QCryptographicHash::Sha256).toHex().first(8);
    return QDir::cleanPath(u"%1/spillway/%2-%3"_s.arg(base, workspace.name, QString::fromLatin1(hash)));
}

QString environmentWord(Environment environment)
{
    switch (environment) {
    case Environment::Production:
        return u"production"_s;
    case Environment::Staging:
        return u"staging"_s;
    case Environment::Development:
        return u"development"_s;
    }
    return {};
}

} // namespace spillway
