// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/payloadtext.h"

#include "model/deadletter/payloadrows.h"

#include <algorithm>

namespace spillway {

namespace {

constexpr qsizetype bytesPerLine = 16;
constexpr qsizetype chunkBytes = 1 << 20;
constexpr int rowsAtOnce = 1024;

} // namespace

std::optional<PrettyJson> prettyJson(QByteArrayView json, qsizetype limitBytes)
{
    const QByteArray bytes = QByteArray::fromRawData(json.data(), json.size());
    PayloadIndexer indexer(bytes, PayloadForm::Pretty);
    PayloadRows rows(bytes, PayloadForm::Pretty);
    while (!rows.index().isDone && !rows.index().fault)
        rows.apply(indexer.advance(chunkBytes));
    if (!rows.index().isJson)
        return std::nullopt;
    PrettyJson result;
    for (qint64 first = 0; first < rows.count() && result.isWhole; first += rowsAtOnce) {
        for (const PayloadRow& row : rows.rows(first, rowsAtOnce)) {
            QByteArray line = rows.tokens(row);
            if (!row.isContinued && !result.text.isEmpty())
                line.prepend(QByteArray(row.indent, ' ')).prepend('\n');
            const qsizetype room = limitBytes - result.text.size();
            if (line.size() > room) {
                qsizetype fits = std::max<qsizetype>(0, room);
                while (fits > 0 && (static_cast<unsigned char>(line[fits]) & 0xC0U) == 0x80U)
                    --fits; // not inside a character
                line.truncate(fits);
                result.isWhole = false;
            }
            result.text += line;
            if (!result.isWhole)
                break;
        }
    }
    return result;
}

qsizetype hexLineCount(qsizetype sizeBytes)
{
    return (sizeBytes + bytesPerLine - 1) / bytesPerLine;
}

QString hexLine(QByteArrayView bytes, qsizetype line)
{
    const qsizetype first = line * bytesPerLine;
    if (line < 0 || first >= bytes.size())
        return {};
    QString hex;
    QString ascii;
    for (qsizetype i = 0; i < bytesPerLine; ++i) {
        if (i == bytesPerLine / 2)
            hex += u' ';
        if (first + i >= bytes.size()) {
            hex += QStringLiteral("   ");
            continue;
        }
        const auto byte = static_cast<unsigned char>(bytes[first + i]);
        hex += QStringLiteral("%1 ").arg(byte, 2, 16, QChar(u'0'));
        ascii += byte >= 0x20 && byte < 0x7F ? QChar(ushort{byte}) : QChar(u'.');
    }
    return QStringLiteral("%1  %2 |%3|").arg(first, 8, 16, QChar(u'0')).arg(hex, ascii);
}

} // namespace spillway
