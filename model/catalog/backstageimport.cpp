// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/importfacts.h"
#include "model/workspace/issuelist.h"

#include <QDirIterator>
#include <QFileInfo>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype mostFiles = 5000;

QStringList descriptorFiles(const QString& path)
{
    if (!QFileInfo(path).isDir())
        return {path};
    QStringList files;
    QDirIterator walk(path, {u"catalog-info.yaml"_s, u"catalog-info.yml"_s}, QDir::Files | QDir::NoSymLinks,
                      QDirIterator::Subdirectories);
    while (walk.hasNext() && files.size() < mostFiles)
        files += walk.next();
    files.sort();
    return files;
}

struct DescriptorText
{
    int line = 0; ///< lines of the file before it
    QByteArray text;
};

/// Whether there is more than blank lines and comments.
bool hasContent(const QByteArray& text)
{
    for (qsizetype at = 0; at < text.size();) {
        qsizetype next = text.indexOf('\n', at);
        next = next < 0 ? text.size() : next + 1;
        while (at < next && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n'))
            ++at;
        if (at < next && text[at] != '#')
            return true;
        at = next;
    }
    return false;
}

/// A file's documents; those that say nothing are left out.
std::vector<DescriptorText> documentsOf(const QByteArray& text)
{
    std::vector<DescriptorText> documents;
    DescriptorText current;
    int line = 0;
    const auto end = [&](qsizetype from, qsizetype to) {
        current.text = text.sliced(from, to - from);
        if (hasContent(current.text))
            documents.push_back(std::move(current));
    };
    qsizetype start = 0; // of the document
    for (qsizetype at = 0; at < text.size();) {
        qsizetype next = text.indexOf('\n', at);
        next = next < 0 ? text.size() : next + 1;
        ++line;
        const QByteArray row = text.mid(at, std::min<qsizetype>(next - at, 64)).trimmed();
        if (text[at] == '-' && (row == "---" || row.startsWith("--- #"))) {
            end(start, at);
            current = {.line = line, .text = {}};
            start = next;
        }
        at = next;
    }
    end(start, text.size());
    return documents;
}

/// `group:default/order-team` -> `group` and `order-team`; kind lower case, empty when none is written.
std::pair<QString, QString> referenceOf(const QString& text)
{
    const qsizetype colon = text.indexOf(u':');
    const QString kind = colon < 0 ? QString() : text.left(colon).toLower();
    return {kind, text.mid(colon + 1).section(u'/', -1)};
}

class BackstageReader
{
public:
    void read(const YamlNode& root)
    {
        const QString kind = textOf(root, u"kind").toLower();
        const YamlNode* metadata = child(&root, u"metadata");
        const QString name = textOf(metadata, u"name");
        if (!textOf(root, u"apiVersion").startsWith(u"backstage.io/"_s) || name.isEmpty())
            return;
        const QString title = textOf(metadata, u"title");
        m_titles.insert(kind + u':' + name.toLower(), title.isEmpty() ? name : title);
        if (kind == u"group"_s)
            m_groups.insert(name.toLower(), metadata);
        else if (kind == u"system"_s)
            m_systems.insert(name.toLower(), child(&root, u"spec"));
        else if (kind == u"api"_s)
            m_apis.push_back(&root);
        else if (kind == u"component"_s)
            m_components.push_back(&root);
    }

    ImportedCatalog take()
    {
        for (const YamlNode* api : m_apis)
            readApi(*api);
        for (const YamlNode* component : m_components)
            readComponent(*component);
        ImportedCatalog imported = m_facts.take();
        imported.areTagsExact = false;
        imported.areContactsExact = false;
        return imported;
    }

private:
    QString titleOf(const QString& kind, const QString& name) const
    {
        return m_titles.value(kind + u':' + name.toLower(), name);
    }

    /// Only groups own events; a user, or nobody known, is no team.
    QString teamOf(const YamlNode* spec) const
    {
        const auto [kind, name] = referenceOf(textOf(spec, u"owner"));
        if (name.isEmpty() || kind == u"user"_s || (kind.isEmpty() && !m_groups.contains(name.toLower())))
            return {};
        return titleOf(u"group"_s, name);
    }

    QString domainOf(const YamlNode* spec) const
    {
        const QString system = referenceOf(textOf(spec, u"system")).second;
        if (system.isEmpty())
            return {};
        const QString domain = referenceOf(textOf(m_systems.value(system.toLower()), u"domain")).second;
        return domain.isEmpty() ? QString() : titleOf(u"domain"_s, domain);
    }

    void readApi(const YamlNode& root)
    {
        const YamlNode* spec = child(&root, u"spec");
        const YamlNode* metadata = child(&root, u"metadata");
        const QString name = textOf(metadata, u"name");
        if (textOf(spec, u"type") != u"asyncapi"_s)
            return;
        CatalogEvent& event = m_facts.event(titleOf(u"api"_s, name));
        m_events.insert(name.toLower(), &event);
        const YamlNode* annotations = child(metadata, u"annotations");
        fill(event.description, textOf(metadata, u"description"));
        fill(event.domain, domainOf(spec));
        fill(event.topic, textOf(annotations, u"spillway/topic"));
        fill(event.partitionKey, textOf(annotations, u"spillway/partition-key"));
        fill(event.schemaPath, textOf(annotations, u"spillway/schema-path"));
        fill(event.createdAt, textOf(annotations, u"spillway/created-at"));
        fill(event.lastSchemaChange, textOf(annotations, u"spillway/last-schema-change"));
        m_facts.fillNumber(event.currentVersion, annotations, u"spillway/current-version");
        m_facts.fillNumber(event.avgDailyVolume, annotations, u"spillway/avg-daily-volume");
        m_facts.fillNumber(event.avgPayloadBytes, annotations, u"spillway/avg-payload-bytes");
        m_facts.fillNumber(event.retentionDays, annotations, u"spillway/retention-days");
        fill(event.producer.team, teamOf(spec));
        const YamlNode* contact =
            child(m_groups.value(event.producer.team.isEmpty() ? QString()
                                                               : referenceOf(textOf(spec, u"owner")).second.toLower()),
                  u"annotations");
        fill(event.producer.slackChannel, textOf(contact, u"spillway/slack-channel"));
        fill(event.producer.oncallRotation, textOf(contact, u"spillway/oncall-rotation"));
        if (const YamlNode* tags = child(metadata, u"tags"); tags != nullptr && event.tags.isEmpty()) {
            for (const YamlNode* tag : tags->items)
                event.tags += tag->text;
        }
    }

    void readComponent(const YamlNode& root)
    {
        const YamlNode* spec = child(&root, u"spec");
        const QString service = titleOf(u"component"_s, textOf(child(&root, u"metadata"), u"name"));
        const QString team = teamOf(spec);
        const auto each = [&](QStringView key, const auto& use) {
            const YamlNode* list = child(spec, key);
            for (const YamlNode* item : list != nullptr ? list->items : std::vector<const YamlNode*>()) {
                if (CatalogEvent* event = m_events.value(referenceOf(item->text).second.toLower()))
                    use(*event);
            }
        };
        each(u"providesApis", [&](CatalogEvent& event) { m_facts.produces(event, service, team); });
        each(u"consumesApis", [&](CatalogEvent& event) {
            m_facts.consumes(event, ConsumerEntry{.team = team, .service = service, .sloObjective = 0});
        });
    }

    QHash<QString, QString> m_titles;          // kind:name -> title
    QHash<QString, const YamlNode*> m_groups;  // -> metadata
    QHash<QString, const YamlNode*> m_systems; // -> spec
    QHash<QString, CatalogEvent*> m_events;    // API's name -> event
    std::vector<const YamlNode*> m_apis;
    std::vector<const YamlNode*> m_components;
    ImportFacts m_facts;
};

} // namespace

Checked<ImportedCatalog> readBackstage(const QString& path)
{
    std::vector<FileIssue> issues;
    std::vector<YamlDocument> documents;
    const QStringList files = descriptorFiles(path);
    if (files.isEmpty())
        issues.push_back({.place = {path, 1, 1},
                          .message = u"holds no catalog-info.yaml"_s,
                          .remedy = u"name the file, or a folder with such files"_s});
    for (const QString& file : files) {
        const Checked<QByteArray> bytes = readUserFile(file, largestImport);
        issues.insert(issues.end(), bytes.issues.begin(), bytes.issues.end());
        for (const DescriptorText& text : bytes.value ? documentsOf(*bytes.value) : std::vector<DescriptorText>()) {
            Checked<YamlDocument> document = readYamlText(text.text, file);
            for (FileIssue& issue : document.issues) {
                issue.place.line += issue.place.line > 0 ? text.line : 0;
                issues.push_back(std::move(issue));
            }
            if (document.value)
                documents.push_back(std::move(*document.value));
        }
    }
    if (hasErrors(issues))
        return {std::nullopt, std::move(issues)};
    BackstageReader reader;
    for (const YamlDocument& document : documents)
        reader.read(*document.root);
    return {reader.take(), std::move(issues)};
}

} // namespace spillway
