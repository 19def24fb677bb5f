// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slo/jsonlsource.h"

#include "model/slo/processingrecord.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <sys/stat.h>
#include <unistd.h>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype chunkBytes = 256 * 1024;
constexpr Millis lookAgainEvery{100};

/// Up to `size` bytes at `at`; shorter at the end of the file, empty on an error.
QByteArray bytesAt(int descriptor, std::int64_t at, qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    qsizetype filled = 0;
    while (filled < size) {
        const ssize_t got =
            ::pread(descriptor, bytes.data() + filled, static_cast<std::size_t>(size - filled), at + filled);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        filled += got;
    }
    bytes.truncate(filled);
    return bytes;
}

/// The place after the last line end below `size`; 0 where there is none.
std::int64_t endOfLastLine(int descriptor, std::int64_t size)
{
    for (std::int64_t end = size; end > 0;) {
        const std::int64_t start = std::max<std::int64_t>(0, end - chunkBytes);
        const QByteArray bytes = bytesAt(descriptor, start, end - start);
        const qsizetype at = bytes.lastIndexOf('\n');
        if (at >= 0)
            return start + at + 1;
        end = start;
    }
    return 0;
}

/// The place after the next line end at or after `from`; nullopt: it is not written yet.
std::optional<std::int64_t> endOfLine(int descriptor, std::int64_t from)
{
    while (true) {
        const QByteArray bytes = bytesAt(descriptor, from, chunkBytes);
        const qsizetype at = bytes.indexOf('\n');
        if (at >= 0)
            return from + at + 1;
        if (bytes.size() < chunkBytes)
            return std::nullopt;
        from += bytes.size();
    }
}

Error refusal(const QString& path, int errorNumber)
{
    const QString reason = QString::fromLocal8Bit(std::strerror(errorNumber));
    if (errorNumber == ENOENT)
        return {ErrorCode::NotFound,
                u"%1: there is no such file; name the one that consumers write, or start them"_s.arg(path)};
    if (errorNumber == EACCES)
        return {ErrorCode::Unauthorised, u"%1: %2; give yourself the right to read it"_s.arg(path, reason)};
    return {ErrorCode::Unreachable, u"%1: %2"_s.arg(path, reason)};
}

} // namespace

JsonlSource::Descriptor::~Descriptor()
{
    if (m_number >= 0)
        ::close(m_number);
}

JsonlSource::Descriptor& JsonlSource::Descriptor::operator=(Descriptor&& other) noexcept
{
    std::swap(m_number, other.m_number);
    return *this;
}

void JsonlSource::list(const QString& path, BoundsReport& report)
{
    const QFileInfo info(path);
    const QRegularExpression rotated(u"\\A%1[.-]\\d+\\z"_s.arg(QRegularExpression::escape(info.fileName())));
    QStringList names{info.fileName()};
    const QStringList neighbours = info.dir().entryList(QDir::Files, QDir::Name);
    for (const QString& name : neighbours) {
        if (rotated.match(name).hasMatch())
            names += name;
    }
    for (const QString& name : std::as_const(names)) {
        const QString file = info.dir().filePath(name);
        Descriptor descriptor(::open(QFile::encodeName(file).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        struct stat facts = {};
        const bool isOpen = descriptor.number() >= 0 && ::fstat(descriptor.number(), &facts) == 0;
        if (!isOpen || !S_ISREG(facts.st_mode)) {
            if (name == info.fileName())
                report.failures.push_back({path, refusal(file, isOpen ? EINVAL : errno)});
            continue;
        }
        const QString channel = u"%1@%2:%3"_s.arg(path).arg(qulonglong{facts.st_dev}).arg(qulonglong{facts.st_ino});
        const std::int64_t end = endOfLastLine(descriptor.number(), facts.st_size);
        report.partitions.push_back({{channel, 0}, Offset{0}, Offset{end}, Offset{end}});
        File& known = m_files[channel];
        if (known.descriptor.number() < 0)
            known.descriptor = std::move(descriptor);
    }
}

Result<BoundsReport> JsonlSource::bounds(const std::vector<TopicSelector>& topics, std::stop_token)
{
    BoundsReport report;
    report.clusterId = u"file"_s;
    for (const TopicSelector& topic : topics)
        list(topic.topic, report);
    std::sort(report.partitions.begin(), report.partitions.end(),
              [](const PartitionBounds& a, const PartitionBounds& b) { return a.at < b.at; });
    QSet<QString> listed;
    for (const PartitionBounds& partition : report.partitions)
        listed.insert(partition.at.topic);
    std::erase_if(m_files, [&listed](const auto& item) { return !listed.contains(item.first); });
    return report;
}

Status JsonlSource::assign(const std::vector<Position>& start)
{
    for (auto& [channel, file] : m_files)
        file.position = -1;
    for (const Position& position : start) {
        const auto file = m_files.find(position.at.topic);
        if (file != m_files.end())
            file->second.position = std::max<std::int64_t>(0, position.next.value);
    }
    return {};
}

bool JsonlSource::read(const QString& channel, File& file, qsizetype maxBytes, RecordBatch& batch)
{
    struct stat facts = {};
    if (::fstat(file.descriptor.number(), &facts) != 0)
        return false;
    if (facts.st_size < file.position)
        file.position = 0; // cut in place
    if (facts.st_size == file.position)
        return false;
    const std::int64_t before = file.position;
    const auto emitLine = [&](QByteArray line) {
        if (line.endsWith('\r'))
            line.chop(1);
        if (line.isEmpty())
            return;
        RawRecord record;
        record.at = {channel, 0};
        record.offset = Offset{file.position};
        record.value = std::move(line);
        batch.records.push_back(std::move(record));
    };
    const QByteArray bytes =
        bytesAt(file.descriptor.number(), file.position, std::max(maxBytes, maxProcessingRecordBytes + 2));
    qsizetype from = 0;
    for (qsizetype end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', from)) {
        emitLine(bytes.sliced(from, end - from));
        file.position += end + 1 - from;
        from = end + 1;
    }
    if (from == 0 && bytes.size() > maxProcessingRecordBytes) {
        // A line that is too long to be a record is told by its beginning, and passed as a whole.
        if (const auto next = endOfLine(file.descriptor.number(), file.position + bytes.size())) {
            emitLine(bytes.first(maxProcessingRecordBytes + 1));
            file.position = *next;
        }
    }
    if (file.position == before)
        return false;
    batch.positions.push_back({{channel, 0}, Offset{file.position}});
    return true;
}

Result<RecordBatch> JsonlSource::poll(qsizetype maxBytes, Millis timeout, std::stop_token stop)
{
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (true) {
        RecordBatch batch;
        std::int64_t left = std::max<qsizetype>(1, maxBytes);
        for (auto& [channel, file] : m_files) {
            const std::int64_t before = file.position;
            if (before >= 0 && left > 0 && read(channel, file, left, batch))
                left -= file.position - before;
        }
        const auto now = std::chrono::steady_clock::now();
        if (!batch.positions.empty() || now >= deadline || stop.stop_requested())
            return batch;
        std::mutex mutex; // guards: nothing; a wait that a stop ends needs one
        std::unique_lock lock(mutex);
        std::condition_variable_any pause;
        pause.wait_until(lock, stop, std::min(deadline, now + lookAgainEvery), [] { return false; });
    }
}

} // namespace spillway
