// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/schemafolder.h"

#include "model/base/byteordermark.h"
#include "model/schema/jsontape.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>
#include <limits>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostFiles = 20'000;
constexpr qsizetype mostShared = 20'000; // counted apart: they crowd out no version
constexpr qsizetype deepest = 8;
constexpr qint64 largestFile = 8 << 20;

std::optional<SchemaLanguage> languageOf(QStringView suffix)
{
    if (suffix == u"json")
        return SchemaLanguage::JsonSchema;
    if (suffix == u"avsc")
        return SchemaLanguage::Avro;
    if (suffix == u"proto" || suffix == u"desc")
        return SchemaLanguage::Protobuf;
    return std::nullopt;
}

/// The address that a JSON schema gives itself, without fragment; empty: none.
QString idOf(const QByteArray& json)
{
    JsonTape tape;
    if (!tape.parse(json))
        return {};
    for (const std::string_view word : {std::string_view("$id"), std::string_view("id")}) {
        const auto id = tape.member(0, word);
        if (id && tape[*id].kind == JsonKind::String)
            return QString::fromUtf8(tape.text(*id).data(), static_cast<qsizetype>(tape.text(*id).size()))
                .section(u'#', 0, 0);
    }
    return {};
}

} // namespace

std::optional<SchemaFile> schemaFileOf(const QString& path)
{
    static const QRegularExpression versioned(u"\\A(.+)\\.v([0-9]{1,9})\\z"_s);
    const QFileInfo info(path);
    const auto language = languageOf(info.suffix());
    const bool isId = path.startsWith(u"_ids/");
    if (!language || path.count(u'/') > deepest || (path.startsWith(u'_') && !isId))
        return std::nullopt;
    SchemaFile file{.path = path, .eventType = {}, .version = 0, .language = *language};
    if (!isId) {
        const auto name = versioned.match(info.completeBaseName());
        if (!name.hasMatch())
            return std::nullopt;
        file.eventType = name.captured(1);
        file.version = name.captured(2).toInt();
    }
    return file;
}

SchemaFolder::SchemaFolder(const QString& folder)
    : m_folder(folder.isEmpty() ? QString() : QFileInfo(folder).canonicalFilePath())
{
    if (m_folder.isEmpty())
        return;
    const QDir root(m_folder);
    QDirIterator at(m_folder, QDir::Files, QDirIterator::Subdirectories);
    while (at.hasNext() && m_files.size() < mostFiles) {
        const QFileInfo info(at.next());
        const QString path = root.relativeFilePath(info.filePath());
        if (auto file = schemaFileOf(path))
            m_files.push_back(std::move(*file));
        else if (info.suffix() == u"json" && path.count(u'/') <= deepest && m_sharedJson.size() < mostShared)
            m_sharedJson += path;
    }
    m_sharedJson.sort();
    std::sort(m_files.begin(), m_files.end(), [](const SchemaFile& a, const SchemaFile& b) { return a.path < b.path; });
    for (std::size_t i = 0; i < m_files.size(); ++i) {
        if (m_files[i].eventType.isEmpty())
            m_byId.emplace(QFileInfo(m_files[i].path).completeBaseName().toLower(), i);
        else
            m_byVersion.emplace(std::pair{m_files[i].eventType, m_files[i].version}, i);
    }
}

const SchemaFile* SchemaFolder::find(const QString& eventType, std::optional<int> version) const
{
    if (version) {
        const auto found = m_byVersion.find({eventType, *version});
        return found == m_byVersion.end() ? nullptr : &m_files[found->second];
    }
    auto after = m_byVersion.upper_bound({eventType, std::numeric_limits<int>::max()});
    if (after == m_byVersion.begin() || (--after)->first.first != eventType)
        return nullptr;
    return &m_files[after->second];
}

std::size_t SchemaFolder::versionsOf(const QString& eventType) const
{
    return static_cast<std::size_t>(
        std::distance(m_byVersion.lower_bound({eventType, 0}),
                      m_byVersion.upper_bound({eventType, std::numeric_limits<int>::max()})));
}

std::vector<const SchemaFile*> SchemaFolder::olderThan(const SchemaFile& file) const
{
    std::vector<const SchemaFile*> older;
    auto at = m_byVersion.lower_bound({file.eventType, file.version});
    while (at != m_byVersion.begin() && (--at)->first.first == file.eventType)
        older.push_back(&m_files[at->second]);
    return older;
}

const SchemaFile* SchemaFolder::findId(const QString& id) const
{
    const auto found = m_byId.find(id.toLower());
    return found == m_byId.end() ? nullptr : &m_files[found->second];
}

std::optional<QByteArray> SchemaFolder::read(const QString& path) const
{
    // A link may point anywhere; what is read lies in the folder.
    const QString real = QFileInfo(m_folder + u'/' + path).canonicalFilePath();
    QFile file(real);
    if (m_folder.isEmpty() || !real.startsWith(m_folder + u'/') || file.size() > largestFile ||
        !file.open(QIODevice::ReadOnly))
        return std::nullopt;
    return withoutByteOrderMark(file.read(largestFile));
}

QString SchemaFolder::uriOf(const QString& path) const
{
    return QUrl::fromLocalFile(m_folder + u'/' + path).toString(QUrl::FullyEncoded);
}

std::optional<QString> SchemaFolder::pathOf(const QString& uri) const
{
    if (m_folder.isEmpty() || uri.isEmpty())
        return std::nullopt;
    const QUrl url(uri);
    if (url.isLocalFile()) {
        const QString path = QDir::cleanPath(url.toLocalFile());
        return path.startsWith(m_folder + u'/') ? std::optional(path.sliced(m_folder.size() + 1)) : std::nullopt;
    }
    std::call_once(m_byJsonId->looked, [this] {
        const auto note = [this](const QString& path) {
            if (const auto json = read(path); json && json->contains("id\""))
                m_byJsonId->paths.emplace(idOf(*json), path);
        };
        for (const SchemaFile& file : m_files) {
            if (file.language == SchemaLanguage::JsonSchema)
                note(file.path);
        }
        for (const QString& path : m_sharedJson)
            note(path);
    });
    const auto found = m_byJsonId->paths.find(uri);
    return found == m_byJsonId->paths.end() ? std::nullopt : std::optional(found->second);
}

std::optional<QByteArray> SchemaFolder::load(const QString& uri) const
{
    const auto path = pathOf(uri);
    return path ? read(*path) : std::nullopt;
}

} // namespace spillway
