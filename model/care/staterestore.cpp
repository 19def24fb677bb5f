// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/jsonwriter.h"
#include "model/base/sha256.h"
#include "model/base/text.h"
#include "model/care/backuparchive.h"
#include "model/care/statebackup.h"
#include "model/ledger/ledger.h"
#include "model/store/database.h"
#include "model/store/filedescriptor.h"
#include "model/store/schemaage.h"
#include "model/store/statedirectory.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <unistd.h>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longestManifest = 64 * 1024;

QString systemReason()
{
    return QString::fromLocal8Bit(std::strerror(errno));
}

struct Unpacked
{
    std::int64_t bytes = 0;
    QString digest; ///< SHA-256, hex
};

/// What a state folder may hold and still be empty: what a process leaves that held it and wrote nothing.
bool isLeftover(const QString& name)
{
    return name == u"lock" || name == u"socket";
}

Status mustBeEmpty(const QString& folder)
{
    const QFileInfo info(folder);
    if (!info.exists())
        return {};
    if (!info.isDir())
        return fail(ErrorCode::InvalidConfig, u"%1 is no folder; name another with --state"_s.arg(folder));
    const QStringList names =
        QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    for (const QString& name : names) {
        if (!isLeftover(name))
            return fail(
                ErrorCode::InvalidConfig,
                u"%1 is not empty (%2 is in it), and nothing there is overwritten; move it away, or name another "
                "folder with --state"_s.arg(folder, name));
    }
    return {};
}

/// Writes one entry to disk for good.
Result<Unpacked> unpack(ArchiveReader& archive, const QString& path, const std::function<void()>& tell,
                        const std::stop_token& stop)
{
    const FileDescriptor file(
        ::open(QFile::encodeName(path).constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.isOpen())
        return fail(ErrorCode::Unreachable, u"%1 cannot be written: %2"_s.arg(path, systemReason()));
    Unpacked unpacked;
    Sha256 digest;
    while (true) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, u"stopped; nothing was restored"_s);
        const auto bytes = archive.read();
        if (!bytes)
            return tl::unexpected<Error>(bytes.error());
        if (bytes->isEmpty())
            break;
        for (qsizetype at = 0; at < bytes->size();) {
            const auto count =
                ::write(file.get(), bytes->constData() + at, static_cast<std::size_t>(bytes->size() - at));
            if (count <= 0)
                return fail(ErrorCode::Unreachable, u"%1 cannot be written: %2"_s.arg(path, systemReason()));
            at += count;
        }
        digest.add(*bytes);
        unpacked.bytes += bytes->size();
        tell();
    }
    if (::fsync(file.get()) != 0)
        return fail(ErrorCode::Unreachable, u"%1 cannot be written: %2"_s.arg(path, systemReason()));
    unpacked.digest = QString::fromLatin1(digest.hexResult());
    return unpacked;
}

/// What backup.json says has to be what was found.
Status compare(const QString& file, const QJsonObject& manifest, const std::map<QString, Unpacked>& found)
{
    if (manifest[u"format"].toInt() != 1)
        return fail(ErrorCode::Unsupported,
                    u"%1 was written by a newer Spillway; update Spillway to restore it"_s.arg(file));
    for (const auto& [key, name] :
         {std::pair(u"samples"_s, u"samples.sqlite"_s), std::pair(u"ledger"_s, u"ledger.sqlite"_s)}) {
        const auto part = found.find(name);
        const QJsonObject told = manifest[key].toObject();
        if (told.isEmpty() != (part == found.end()))
            return noWholeBackup(file, name + u" is missing"_s);
        if (part != found.end() &&
            (told[u"bytes"].toInteger() != part->second.bytes || told[u"sha256"].toString() != part->second.digest))
            return noWholeBackup(file, name + u" is not as it was saved"_s);
    }
    return {};
}

Status checkSamples(const QString& file, const QString& path)
{
    auto samples = Database::open(path, Database::Access::Reader);
    if (!samples)
        return tl::unexpected<Error>(samples.error());
    if (const Status known = refuseNewerSchema(*samples, u":/migrations/samples"_s); !known)
        return known;
    const auto word = samples->query<QString>([](SQLite::Database& db) {
        return QString::fromStdString(db.execAndGet("PRAGMA quick_check(1)").getString());
    });
    if (!word)
        return tl::unexpected<Error>(word.error());
    return *word == u"ok" ? Status() : noWholeBackup(file, *word);
}

/// The chain is checked, and gets an event that says where it comes from.
Status checkLedger(const QString& file, const QString& path, const Clock& clock, const QString& actor,
                   RestoreReport& report)
{
    const auto verification = verifyLedger(path);
    if (!verification)
        return tl::unexpected<Error>(verification.error());
    if (!verification->isIntact)
        return noWholeBackup(file, u"the ledger's chain breaks: "_s + verification->finding);
    auto ledger = Ledger::open(path, clock);
    if (!ledger)
        return tl::unexpected<Error>(ledger.error());
    JsonWriter body;
    body.beginObject()
        .field(u"file", file)
        .field(u"takenAt", report.takenAt)
        .field(u"entries", verification->entries)
        .endObject();
    const auto event = (*ledger)->append(actor, u"store.restored"_s, body.json());
    if (!event)
        return tl::unexpected<Error>(event.error());
    report.entries = event->seq;
    report.head = event->hash;
    return {};
}

void syncFolder(const QString& path)
{
    const FileDescriptor folder(::open(QFile::encodeName(path).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.isOpen())
        ::fsync(folder.get()); // where a file system refuses, the rename is as safe as it gets
}

/// The staged folder takes the empty one's place at once: rename(2) replaces a folder only where it is empty.
Status moveIntoPlace(const QString& staged, const QString& folder)
{
    std::unique_ptr<StateDirectory> emptied;
    if (QFileInfo::exists(folder)) {
        auto held = StateDirectory::hold(folder, u"spillwayctl store restore"_s);
        if (!held)
            return tl::unexpected<Error>(held.error());
        if (const Status empty = mustBeEmpty(folder); !empty)
            return empty;
        emptied = std::move(*held);
        QFile::remove(folder + u"/socket"_s);
        QFile::remove(folder + u"/lock"_s);
    }
    syncFolder(staged);
    if (std::rename(QFile::encodeName(staged).constData(), QFile::encodeName(folder).constData()) != 0)
        return fail(ErrorCode::Unreachable,
                    u"%1 cannot take the place of %2: %3"_s.arg(staged, folder, systemReason()));
    syncFolder(QFileInfo(folder).absolutePath());
    return {};
}

Status restoreInto(const QString& staged, const Clock& clock, const QString& actor,
                   const std::function<void(std::int64_t, std::int64_t)>& tell, const std::stop_token& stop,
                   RestoreReport& report)
{
    const QString& file = report.file;
    auto archive = ArchiveReader::open(file);
    if (!archive)
        return tl::unexpected<Error>(archive.error());
    const std::int64_t total = QFileInfo(file).size();
    const auto progress = [&] {
        if (tell)
            tell((*archive)->position(), total);
    };
    std::map<QString, Unpacked> found;
    QByteArray manifest;
    while (true) {
        const auto entry = (*archive)->next();
        if (!entry)
            return tl::unexpected<Error>(entry.error());
        if (!*entry)
            break;
        const QString& name = (*entry)->name;
        if (found.contains(name))
            return noWholeBackup(file, u"%1 is in it twice"_s.arg(visibleText(name)));
        if (name == u"backup.json" && (*entry)->sizeBytes <= longestManifest) {
            for (auto bytes = (*archive)->read();; bytes = (*archive)->read()) {
                if (!bytes)
                    return tl::unexpected<Error>(bytes.error());
                if (bytes->isEmpty())
                    break;
                manifest += *bytes;
            }
            continue;
        }
        if (name != u"samples.sqlite" && name != u"ledger.sqlite" && name != u"ledger.head")
            return noWholeBackup(file, u"it holds %1"_s.arg(visibleText(name)));
        auto unpacked = unpack(**archive, staged + u'/' + name, progress, stop);
        if (!unpacked)
            return tl::unexpected<Error>(unpacked.error());
        found.emplace(name, std::move(*unpacked));
    }
    const QJsonObject told = QJsonDocument::fromJson(manifest).object();
    if (told.isEmpty())
        return noWholeBackup(file, u"backup.json is missing"_s);
    if (const Status same = compare(file, told, found); !same)
        return same;
    const auto takenAt = parseRfc3339(told[u"takenAt"].toString().toLatin1());
    if (!takenAt)
        return noWholeBackup(file, u"backup.json does not say when it was taken"_s);
    report.takenAt = *takenAt;
    if (found.contains(u"samples.sqlite"_s)) {
        if (const Status sound = checkSamples(file, staged + u"/samples.sqlite"_s); !sound)
            return sound;
    }
    if (found.contains(u"ledger.sqlite"_s)) {
        if (const Status sound = checkLedger(file, staged + u"/ledger.sqlite"_s, clock, actor, report); !sound)
            return sound;
    }
    return {};
}

} // namespace

Result<RestoreReport> restoreState(const QString& file, const QString& stateFolder, const Clock& clock,
                                   const QString& actor, const std::function<void(std::int64_t, std::int64_t)>& tell,
                                   std::stop_token stop)
{
    RestoreReport report{.file = file, .stateFolder = QDir::cleanPath(QFileInfo(stateFolder).absoluteFilePath())};
    if (!QFileInfo(file).isFile())
        return fail(ErrorCode::NotFound, u"%1: there is no such file"_s.arg(file));
    if (const Status empty = mustBeEmpty(report.stateFolder); !empty)
        return tl::unexpected<Error>(empty.error());
    const QString staged = report.stateFolder + u".restoring"_s;
    auto held = StateDirectory::hold(staged, u"spillwayctl store restore"_s); // of two restores one goes on
    if (!held)
        return tl::unexpected<Error>(held.error());
    const auto clear = [&staged] {
        for (const QString& name : QDir(staged).entryList(QDir::Files | QDir::Hidden | QDir::System))
            QFile::remove(staged + u'/' + name);
    };
    for (const QString& name : QDir(staged).entryList(QDir::Files | QDir::Hidden | QDir::System)) {
        if (name != u"lock")
            QFile::remove(staged + u'/' + name); // of a restore that was killed
    }
    Status done = restoreInto(staged, clock, actor, tell, stop, report);
    if (done)
        done = moveIntoPlace(staged, report.stateFolder);
    if (!done) {
        clear();
        QDir().rmdir(staged);
        return tl::unexpected<Error>(done.error());
    }
    return report;
}

QByteArray restoreReportJson(const RestoreReport& report)
{
    JsonWriter json;
    json.beginObject()
        .field(u"file", report.file)
        .field(u"state", report.stateFolder)
        .field(u"takenAt", report.takenAt)
        .field(u"entries", report.entries)
        .field(u"head", QString::fromLatin1(report.head.toHex()))
        .endObject();
    return json.json();
}

} // namespace spillway
