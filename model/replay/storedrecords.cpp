// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/storedrecords.h"

#include "model/deadletter/headerpack.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Column.h>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

StoredRecords::StoredRecords(Database& reader)
    : m_reader(reader)
    , m_rescues(reader)
{
}

/// Throws what SQLite throws.
Result<ReplayLetter> StoredRecords::find(const QString& letterId, const Headers& like)
{
    const std::optional<LetterAddress> address = parseLetterId(letterId);
    if (!address)
        return fail(ErrorCode::Corrupt, u"the plan names a letter by what is no id"_s);
    if (!m_select)
        m_select.emplace(m_reader.raw(), "SELECT l.digest, l.is_pointer, l.state, c.name, l.record_at_ms,"
                                         " l.timestamp_type, b.key, b.value, b.headers, l.purge_seq"
                                         " FROM letter_channel c"
                                         " CROSS JOIN letter l ON l.channel_ref = c.id"
                                         " CROSS JOIN letter_body b ON b.letter_ref = l.id"
                                         " WHERE c.tag = ? AND l.partition = ? AND l.offset = ?"
                                         " ORDER BY l.id");
    SQLite::Statement& select = *m_select;
    select.bind(1, address->channelTag.toStdString());
    select.bind(2, address->partition);
    select.bind(3, address->offset.value);
    while (select.executeStep()) {
        if (static_cast<std::uint64_t>(select.getColumn(0).getInt64()) >> 32U != address->digestHead)
            continue; // another letter that lay in the same place
        const TriageState state = triageStateFromWord(sql::text(select.getColumn(2))).value_or(TriageState::Unknown);
        if (!select.getColumn(9).isNull()) // erased: there is nothing to send, and nothing to compare with the plan
            return ReplayLetter{std::nullopt, state};
        const auto bytesAt = [&select](int column) { return sql::maybeBytes(select.getColumn(column)); };
        RawRecord record;
        record.at = {sql::text(select.getColumn(3)), address->partition};
        record.offset = address->offset;
        if (const auto ms = sql::maybeNumber(select.getColumn(4)))
            record.timestamp = utcFromMs(*ms);
        record.timestampType = static_cast<TimestampType>(select.getColumn(5).getInt());
        record.key = bytesAt(6);
        record.value = bytesAt(7);
        const SQLite::Column packed = select.getColumn(8);
        auto headers =
            unpackHeaders(QByteArrayView(static_cast<const char*>(packed.getBlob()), packed.getBytes()), like);
        if (!headers)
            return failWithin(letterId, headers.error());
        record.headers = std::move(*headers);
        if (select.getColumn(1).getInt() != 0) { // a pointer
            const auto rescue = m_rescues.of(letterId);
            if (!rescue)
                return tl::unexpected<Error>(rescue.error());
            if (*rescue)
                return ReplayLetter{withPayload(std::move(record), **rescue), state};
        }
        return ReplayLetter{std::move(record), state};
    }
    return ReplayLetter{std::nullopt, TriageState::Lost};
}

Result<ReplayLetter> StoredRecords::of(const QString& letterId, const Headers& like)
{
    Result<ReplayLetter> letter = ReplayLetter{};
    const Status read = m_reader.guarded([&](SQLite::Database&) { letter = find(letterId, like); });
    if (m_select)
        (void)m_select->tryReset(); // a statement that was left half way holds the log
    if (!read)
        return tl::unexpected<Error>(read.error());
    return letter;
}

Result<bool> StoredRecords::areSame(const QString& one, const QString& other)
{
    const Result<ReplayLetter> first = of(one);
    if (!first)
        return tl::unexpected<Error>(first.error());
    const Result<ReplayLetter> second = of(other);
    if (!second)
        return tl::unexpected<Error>(second.error());
    return first->record && second->record && first->record->key == second->record->key &&
           first->record->value == second->record->value;
}

} // namespace spillway
