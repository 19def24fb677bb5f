// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/importfacts.h"
#include "model/workspace/issuelist.h"

#include <QDirIterator>
#include <QFileInfo>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype mostPages = 60'000;
constexpr qint64 mostPageBytes = 4LL << 20;

/// The YAML between the first two lines of `---`; empty: there is none.
QByteArray frontMatter(const QByteArray& page)
{
    const QList<QByteArray> lines = page.split('\n');
    if (lines.front().trimmed() != "---")
        return {};
    QByteArray front = "\n"; // the line of the first ---
    for (qsizetype at = 1; at < lines.size(); ++at) {
        if (lines[at].trimmed() == "---")
            return front;
        front += lines[at] + '\n';
    }
    return {};
}

struct Page
{
    QString kind; ///< events, services, channels, domains, teams
    YamlDocument front;
};

/// `…/events/order.created/index.mdx` and `…/teams/order-team.mdx`; empty: a page of no kind we read.
QString kindOf(const QString& relative)
{
    const QStringList parts = relative.split(u'/');
    if (parts.contains(u"versioned"_s) || parts.size() < 2)
        return {};
    static const QStringList kinds{u"events"_s, u"services"_s, u"channels"_s, u"domains"_s, u"subdomains"_s};
    const bool isIndex = parts.last().startsWith(u"index.md"_s);
    const QString kind = isIndex ? parts.value(parts.size() - 3) : parts.value(parts.size() - 2);
    if (isIndex && kinds.contains(kind))
        return kind == u"subdomains"_s ? u"domains"_s : kind;
    return !isIndex && kind == u"teams"_s ? kind : QString();
}

class EventCatalogReader
{
public:
    void read(const QString& kind, const YamlNode& front)
    {
        const QString id = textOf(front, u"id");
        if (id.isEmpty())
            return;
        const QString name = textOf(front, u"name");
        m_names.insert(kind + u'/' + id, name.isEmpty() ? id : name);
        m_pages[kind].push_back(&front);
    }

    ImportedCatalog take()
    {
        for (const YamlNode* domain : m_pages[u"domains"_s]) {
            for (const YamlNode* service : itemsOf(domain, u"services"))
                m_domainOf.insert(textOf(service, u"id"), nameOf(u"domains"_s, textOf(domain, u"id")));
        }
        for (const YamlNode* channel : m_pages[u"channels"_s])
            m_addresses.insert(textOf(channel, u"id"), textOf(channel, u"address"));
        for (const YamlNode* event : m_pages[u"events"_s])
            readEvent(*event);
        for (const YamlNode* service : m_pages[u"services"_s])
            readService(*service);
        ImportedCatalog imported = m_facts.take();
        imported.areDomainsExact = false;
        return imported;
    }

private:
    static std::vector<const YamlNode*> itemsOf(const YamlNode* map, QStringView key)
    {
        const YamlNode* list = child(map, key);
        return list != nullptr ? list->items : std::vector<const YamlNode*>();
    }

    QString nameOf(const QString& kind, const QString& id) const { return m_names.value(kind + u'/' + id, id); }

    QString topicOf(const QString& channel) const
    {
        const QString address = m_addresses.value(channel);
        return address.isEmpty() ? nameOf(u"channels"_s, channel) : address;
    }

    /// An owner is written by its id, or as a map with it; users are no teams.
    QString teamOf(const YamlNode& page) const
    {
        for (const YamlNode* owner : itemsOf(&page, u"owners")) {
            const QString id = owner->kind == YamlNode::Kind::Scalar ? owner->text : textOf(owner, u"id");
            if (m_names.contains(u"teams/"_s + id))
                return nameOf(u"teams"_s, id);
        }
        return {};
    }

    void readEvent(const YamlNode& page)
    {
        const QString id = textOf(page, u"id");
        CatalogEvent& event = m_facts.event(nameOf(u"events"_s, id));
        m_events.insert(id, &event);
        fill(event.description, textOf(page, u"summary"));
        fill(event.producer.team, teamOf(page));
        bool isNumber = false;
        const int version = textOf(page, u"version").section(u'.', 0, 0).toInt(&isNumber);
        if (isNumber && version > 0 && !event.currentVersion)
            event.currentVersion = version;
        for (const YamlNode* channel : itemsOf(&page, u"channels"))
            fill(event.topic, topicOf(textOf(channel, u"id")));
        for (const YamlNode* badge : itemsOf(&page, u"badges")) {
            const QString tag = textOf(badge, u"content");
            if (!tag.isEmpty() && !event.tags.contains(tag))
                event.tags += tag;
        }
    }

    void readService(const YamlNode& page)
    {
        const QString id = textOf(page, u"id");
        const QString service = nameOf(u"services"_s, id);
        const QString team = teamOf(page);
        for (const YamlNode* sent : itemsOf(&page, u"sends")) {
            CatalogEvent* event = m_events.value(textOf(sent, u"id"));
            if (event == nullptr)
                continue; // a command or a query, or nowhere described
            m_facts.produces(*event, service, team);
            fill(event->domain, m_domainOf.value(id));
            for (const YamlNode* channel : itemsOf(sent, u"to"))
                fill(event->topic, topicOf(textOf(channel, u"id")));
        }
        for (const YamlNode* received : itemsOf(&page, u"receives")) {
            CatalogEvent* event = m_events.value(textOf(received, u"id"));
            if (event == nullptr)
                continue;
            ConsumerEntry consumer{.team = team, .service = service, .sloObjective = 0};
            for (const YamlNode* field : itemsOf(received, u"fields"))
                consumer.fields += field->text;
            m_facts.consumes(*event, std::move(consumer));
        }
    }

    QHash<QString, QString> m_names; // kind/id -> name
    std::map<QString, std::vector<const YamlNode*>> m_pages;
    QHash<QString, QString> m_domainOf; // service's id -> domain
    QHash<QString, QString> m_addresses;
    QHash<QString, CatalogEvent*> m_events; // by id
    ImportFacts m_facts;
};

} // namespace

Checked<ImportedCatalog> readEventCatalog(const QString& folder)
{
    const auto issue = [&folder](const QString& message) {
        return FileIssue{.place = {folder, 1, 1},
                         .message = message,
                         .remedy = u"name the folder of an EventCatalog, with events/…/index.mdx in it"_s};
    };
    if (!QFileInfo(folder).isDir())
        return {std::nullopt, {issue(u"is no folder"_s)}};
    QStringList files;
    QDirIterator walk(folder, {u"*.mdx"_s, u"*.md"_s}, QDir::Files | QDir::NoSymLinks, QDirIterator::Subdirectories);
    while (walk.hasNext() && files.size() <= mostPages) {
        const QString file = walk.next();
        if (!file.contains(u"/node_modules/"_s))
            files += file;
    }
    files.sort();
    if (files.size() > mostPages)
        return {std::nullopt, {issue(u"holds more than %1 pages"_s.arg(mostPages))}};
    std::vector<FileIssue> issues;
    std::vector<Page> pages;
    for (const QString& file : files) {
        const QString kind = kindOf(QDir(folder).relativeFilePath(file));
        if (kind.isEmpty())
            continue;
        const Checked<QByteArray> bytes = readUserFile(file, mostPageBytes);
        issues.insert(issues.end(), bytes.issues.begin(), bytes.issues.end());
        const QByteArray front = bytes.value ? frontMatter(*bytes.value) : QByteArray();
        if (front.trimmed().isEmpty())
            continue;
        Checked<YamlDocument> document = readYamlText(front, file);
        issues.insert(issues.end(), document.issues.begin(), document.issues.end());
        if (document.value)
            pages.push_back({kind, std::move(*document.value)});
    }
    if (pages.empty() && !hasErrors(issues))
        issues.push_back(issue(u"holds no page of an event, service or team"_s));
    if (hasErrors(issues))
        return {std::nullopt, std::move(issues)};
    EventCatalogReader reader;
    for (const Page& page : pages)
        reader.read(page.kind, *page.front.root);
    return {reader.take(), std::move(issues)};
}

} // namespace spillway
