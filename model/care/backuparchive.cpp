// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/care/backuparchive.h"

#include <QFile>

#include <zstd.h>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype blockBytes = 512;
constexpr qsizetype mostAtOnce = qsizetype{1} << 20;
constexpr std::int64_t mostInOctal = (std::int64_t{1} << 33) - 1; // eleven digits
constexpr int compressionLevel = 3;

// Places in a header block (POSIX.1-1988, "ustar").
constexpr qsizetype nameAt = 0;
constexpr qsizetype nameBytes = 100;
constexpr qsizetype modeAt = 100;
constexpr qsizetype ownerAt = 108;
constexpr qsizetype groupAt = 116;
constexpr qsizetype sizeAt = 124;
constexpr qsizetype sizeBytesOf = 12;
constexpr qsizetype timeAt = 136;
constexpr qsizetype sumAt = 148;
constexpr qsizetype sumBytes = 8;
constexpr qsizetype typeAt = 156;
constexpr qsizetype magicAt = 257;

void putOctal(QByteArray& block, qsizetype at, qsizetype width, std::int64_t number)
{
    const QByteArray digits = QByteArray::number(static_cast<qlonglong>(number), 8).rightJustified(width - 1, '0');
    block.replace(at, width - 1, digits);
}

std::int64_t sumOf(const QByteArray& block)
{
    std::int64_t sum = 0;
    for (qsizetype i = 0; i < block.size(); ++i)
        sum += i >= sumAt && i < sumAt + sumBytes ? ' ' : static_cast<unsigned char>(block[i]);
    return sum;
}

std::optional<std::int64_t> octal(const QByteArray& block, qsizetype at, qsizetype width)
{
    QByteArray digits = block.mid(at, width);
    if (const auto end = digits.indexOf('\0'); end >= 0)
        digits.truncate(end);
    bool isNumber = false;
    const std::int64_t number = digits.trimmed().toLongLong(&isNumber, 8);
    return isNumber && number >= 0 ? std::optional(number) : std::nullopt;
}

QByteArray headerOf(const QByteArray& name, std::int64_t sizeBytes, UtcTime modifiedAt)
{
    QByteArray block(blockBytes, '\0');
    block.replace(nameAt, name.size(), name);
    putOctal(block, modeAt, 8, 0600);
    putOctal(block, ownerAt, 8, 0);
    putOctal(block, groupAt, 8, 0);
    if (sizeBytes <= mostInOctal) {
        putOctal(block, sizeAt, sizeBytesOf, sizeBytes);
    } else { // the number itself, its highest bit set
        block[sizeAt] = static_cast<char>(0x80);
        for (int i = 0; i < 8; ++i)
            block[sizeAt + sizeBytesOf - 1 - i] = static_cast<char>((sizeBytes >> (8 * i)) & 0xFF);
    }
    putOctal(block, timeAt, 12, std::max<std::int64_t>(0, toMs(modifiedAt) / 1'000));
    block[typeAt] = '0';
    block.replace(magicAt, 8,
                  QByteArray("ustar\0"
                             "00",
                             8));
    block.replace(sumAt, 7, QByteArray::number(static_cast<qlonglong>(sumOf(block)), 8).rightJustified(6, '0') + '\0');
    block[sumAt + 7] = ' ';
    return block;
}

} // namespace

tl::unexpected<Error> noWholeBackup(const QString& file, const QString& why)
{
    return fail(ErrorCode::Corrupt, u"%1 is no whole backup: %2; take another copy of it"_s.arg(file, why));
}

struct ArchiveWriter::Parts
{
    Put put;
    ZSTD_CCtx* context = ZSTD_createCCtx();
    QByteArray packed{static_cast<qsizetype>(ZSTD_CStreamOutSize()), Qt::Uninitialized};
    std::int64_t left = 0; ///< of the entry
    std::int64_t written = 0;

    ~Parts() { ZSTD_freeCCtx(context); }

    Status pack(QByteArrayView bytes, ZSTD_EndDirective directive)
    {
        ZSTD_inBuffer in{bytes.data(), static_cast<std::size_t>(bytes.size()), 0};
        for (std::size_t rest = 1; in.pos < in.size || (directive == ZSTD_e_end && rest != 0);) {
            ZSTD_outBuffer out{packed.data(), static_cast<std::size_t>(packed.size()), 0};
            rest = ZSTD_compressStream2(context, &out, &in, directive);
            if (ZSTD_isError(rest))
                return fail(ErrorCode::Internal, u"packing failed: "_s + QString::fromLatin1(ZSTD_getErrorName(rest)));
            if (out.pos == 0)
                continue;
            if (const Status status = put(packed.first(static_cast<qsizetype>(out.pos))); !status)
                return status;
        }
        return {};
    }
};

ArchiveWriter::ArchiveWriter(Put put)
    : m_parts(std::make_unique<Parts>())
{
    m_parts->put = std::move(put);
    ZSTD_CCtx_setParameter(m_parts->context, ZSTD_c_compressionLevel, compressionLevel);
    ZSTD_CCtx_setParameter(m_parts->context, ZSTD_c_checksumFlag, 1);
}

ArchiveWriter::~ArchiveWriter() = default;

Status ArchiveWriter::begin(const QString& name, std::int64_t sizeBytes, UtcTime modifiedAt)
{
    const QByteArray utf8 = name.toUtf8();
    Q_ASSERT(!utf8.isEmpty() && utf8.size() <= nameBytes && sizeBytes >= 0);
    m_parts->left = sizeBytes;
    m_parts->written = sizeBytes;
    return m_parts->pack(headerOf(utf8, sizeBytes, modifiedAt), ZSTD_e_continue);
}

Status ArchiveWriter::add(QByteArrayView bytes)
{
    if (bytes.size() > m_parts->left)
        return fail(ErrorCode::Internal, u"a file grew while it was packed"_s);
    m_parts->left -= bytes.size();
    return m_parts->pack(bytes, ZSTD_e_continue);
}

Status ArchiveWriter::end()
{
    if (m_parts->left != 0)
        return fail(ErrorCode::Internal, u"a file shrank while it was packed"_s);
    const std::int64_t over = m_parts->written % blockBytes;
    return over == 0 ? Status() : m_parts->pack(QByteArray(blockBytes - over, '\0'), ZSTD_e_continue);
}

Status ArchiveWriter::finish()
{
    return m_parts->pack(QByteArray(2 * blockBytes, '\0'), ZSTD_e_end);
}

struct ArchiveReader::Parts
{
    QFile file;
    ZSTD_DCtx* context = ZSTD_createDCtx();
    QByteArray in; ///< of the file, not unpacked yet
    qsizetype inAt = 0;
    QByteArray out; ///< unpacked, not handed over yet
    qsizetype outAt = 0;
    bool isFrameOver = false;
    std::int64_t left = 0;    ///< of the entry
    std::int64_t padding = 0; ///< after it

    ~Parts() { ZSTD_freeDCtx(context); }

    [[nodiscard]] tl::unexpected<Error> corrupt(const QString& why) const
    {
        return noWholeBackup(file.fileName(), why);
    }

    /// At least one byte in `out`, or the end: false.
    Result<bool> fill()
    {
        if (outAt < out.size())
            return true;
        out.resize(static_cast<qsizetype>(ZSTD_DStreamOutSize()));
        outAt = 0;
        while (true) {
            if (inAt == in.size()) {
                in = file.read(mostAtOnce);
                inAt = 0;
                if (file.error() != QFileDevice::NoError)
                    return fail(ErrorCode::Unreachable,
                                u"%1 cannot be read: %2"_s.arg(file.fileName(), file.errorString()));
                if (in.isEmpty()) {
                    out.clear();
                    if (!isFrameOver)
                        return corrupt(u"it is cut off"_s);
                    return false;
                }
            }
            ZSTD_inBuffer from{in.constData(), static_cast<std::size_t>(in.size()), static_cast<std::size_t>(inAt)};
            ZSTD_outBuffer to{out.data(), static_cast<std::size_t>(out.size()), 0};
            const std::size_t rest = ZSTD_decompressStream(context, &to, &from);
            inAt = static_cast<qsizetype>(from.pos);
            if (ZSTD_isError(rest)) {
                out.clear();
                return corrupt(QString::fromLatin1(ZSTD_getErrorName(rest)));
            }
            isFrameOver = rest == 0;
            if (to.pos > 0) {
                out.truncate(static_cast<qsizetype>(to.pos));
                return true;
            }
        }
    }

    Result<QByteArray> take(qsizetype most)
    {
        const auto isMore = fill();
        if (!isMore)
            return tl::unexpected<Error>(isMore.error());
        const qsizetype count = std::min(most, out.size() - outAt);
        const QByteArray bytes = out.mid(outAt, count);
        outAt += count;
        return bytes;
    }

    Result<QByteArray> takeBlock()
    {
        QByteArray block;
        while (block.size() < blockBytes) {
            const auto bytes = take(blockBytes - block.size());
            if (!bytes)
                return bytes;
            if (bytes->isEmpty())
                return corrupt(u"it ends in the middle"_s);
            block += *bytes;
        }
        return block;
    }

    Status pass(std::int64_t count)
    {
        while (count > 0) {
            const auto bytes = take(static_cast<qsizetype>(std::min<std::int64_t>(count, mostAtOnce)));
            if (!bytes)
                return tl::unexpected<Error>(bytes.error());
            if (bytes->isEmpty())
                return corrupt(u"it ends in the middle"_s);
            count -= bytes->size();
        }
        return {};
    }

    std::optional<std::int64_t> sizeOf(const QByteArray& block) const
    {
        if ((static_cast<unsigned char>(block[sizeAt]) & 0x80U) == 0)
            return octal(block, sizeAt, sizeBytesOf);
        std::uint64_t number = 0;
        for (qsizetype i = sizeAt + sizeBytesOf - 8; i < sizeAt + sizeBytesOf; ++i)
            number = number << 8U | static_cast<unsigned char>(block[i]);
        const bool isSmall = block.mid(sizeAt + 1, sizeBytesOf - 9) == QByteArray(sizeBytesOf - 9, '\0');
        return isSmall && number <= (std::uint64_t{1} << 50U) ? std::optional(static_cast<std::int64_t>(number))
                                                              : std::nullopt;
    }
};

ArchiveReader::ArchiveReader(std::unique_ptr<Parts> parts)
    : m_parts(std::move(parts))
{
}

ArchiveReader::~ArchiveReader() = default;

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::open(const QString& file)
{
    auto parts = std::make_unique<Parts>();
    parts->file.setFileName(file);
    if (!parts->file.open(QIODevice::ReadOnly))
        return fail(ErrorCode::Unreachable, u"%1 cannot be read: %2"_s.arg(file, parts->file.errorString()));
    return std::unique_ptr<ArchiveReader>(new ArchiveReader(std::move(parts)));
}

Result<std::optional<ArchiveReader::Entry>> ArchiveReader::next()
{
    if (const Status passed = m_parts->pass(m_parts->left + m_parts->padding); !passed)
        return tl::unexpected<Error>(passed.error());
    m_parts->left = m_parts->padding = 0;
    const auto block = m_parts->takeBlock();
    if (!block)
        return tl::unexpected<Error>(block.error());
    if (*block == QByteArray(blockBytes, '\0')) { // two of them end it; then nothing
        if (const auto second = m_parts->takeBlock(); !second)
            return tl::unexpected<Error>(second.error());
        const auto isMore = m_parts->fill();
        if (!isMore)
            return tl::unexpected<Error>(isMore.error());
        return std::optional<Entry>();
    }
    if (octal(*block, sumAt, sumBytes) != sumOf(*block) || block->mid(magicAt, 5) != "ustar")
        return m_parts->corrupt(u"it holds something else"_s);
    const auto size = m_parts->sizeOf(*block);
    if (!size || ((*block)[typeAt] != '0' && (*block)[typeAt] != '\0'))
        return m_parts->corrupt(u"it holds more than plain files"_s);
    QByteArray name = block->mid(nameAt, nameBytes);
    if (const auto end = name.indexOf('\0'); end >= 0)
        name.truncate(end);
    m_parts->left = *size;
    m_parts->padding = (blockBytes - *size % blockBytes) % blockBytes;
    return std::optional(Entry{QString::fromUtf8(name), *size});
}

Result<QByteArray> ArchiveReader::read()
{
    if (m_parts->left == 0)
        return QByteArray();
    auto bytes = m_parts->take(static_cast<qsizetype>(std::min<std::int64_t>(m_parts->left, mostAtOnce)));
    if (!bytes)
        return bytes;
    if (bytes->isEmpty())
        return m_parts->corrupt(u"it ends in the middle"_s);
    m_parts->left -= bytes->size();
    return bytes;
}

std::int64_t ArchiveReader::position() const
{
    return m_parts->file.pos();
}

} // namespace spillway
