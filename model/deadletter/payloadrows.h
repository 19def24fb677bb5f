// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/jsoncheck.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <optional>
#include <vector>

/// A payload as rows for a screen, whatever its size and its bytes, without changing one of them. A row is never longer
/// than `PayloadRow::longest` bytes: longer lines and tokens go on in the next row. What is kept is a mark every so
/// many rows; the rows themselves are made when they are looked at.
namespace spillway {

enum class PayloadForm {
    Pretty, ///< JSON: line breaks and indentation between its tokens, which stand exactly as written. What is no JSON
            ///< is shown as Raw, with the fault
    Raw,
    Hex, ///< offset, 16 bytes, and what of them is ASCII
};

struct PayloadRow
{
    static constexpr qsizetype longest = 1024;
    enum class Inside { Nothing, Text, Word };

    qsizetype from = 0;
    qsizetype to = 0;                      ///< half-open; Pretty: from token to token, space between them included
    int indent = 0;                        ///< Pretty: spaces before it
    Inside startsInside = Inside::Nothing; ///< Pretty: it goes on in a token of the row before
    bool isContinued = false;              ///< the row before ended for its length only
    friend bool operator==(const PayloadRow&, const PayloadRow&) = default;
};

/// Where the next row begins.
struct RowState
{
    qsizetype at = 0;
    int depth = 0;
    PayloadRow::Inside inside = PayloadRow::Inside::Nothing;
    bool isContinued = false;
    friend bool operator==(const RowState&, const RowState&) = default;
};

struct RowMark
{
    qint64 row = 0;
    RowState state;
};

/// What is known of a payload's rows so far. Grows by parts.
struct PayloadIndex
{
    PayloadForm form = PayloadForm::Raw;
    std::vector<RowMark> marks; ///< ascending; the first is row 0
    qint64 rowCount = 0;
    qsizetype indexedBytes = 0; ///< those the rows so far cover
    int widestBytes = 0;        ///< of a row, indentation included
    bool isDone = false;
    bool isJson = false;            ///< checked to its end (form Pretty only)
    bool isUtf8 = true;             ///< as far as it was looked at
    std::optional<JsonFault> fault; ///< form Pretty: why it is no JSON; the rows are Raw then
    std::vector<JsonSpan> spans;    ///< once done: long values by their start
    [[nodiscard]] bool isPretty() const { return form == PayloadForm::Pretty && !fault; }
};

/// Makes the index a part at a time, for a thread that is not the UI's. One thread at a time.
class PayloadIndexer
{
public:
    PayloadIndexer(QByteArray bytes, PayloadForm form);
    /// Goes on for about `byteCount` bytes.
    /// @return what came to it: marks are those that are new, all else as it stands. `restarts` when the rows begin
    /// anew because the bytes turned out to be no JSON.
    struct Part
    {
        PayloadIndex index;
        bool restarts = false;
    };
    [[nodiscard]] Part advance(qsizetype byteCount);

private:
    void addRows(Part& part, qsizetype until, bool toEnd);

    QByteArray m_bytes;
    JsonCheck m_check;
    RowState m_next;
    PayloadIndex m_index; // marks and spans move to the parts
    std::vector<JsonSpan> m_spans;
    qsizetype m_lastMarkAt = 0;
};

/// A payload with what is indexed of it. Values are shared, copies cheap but for the marks. One thread.
class PayloadRows
{
public:
    PayloadRows() = default;
    PayloadRows(QByteArray bytes, PayloadForm form);

    void apply(PayloadIndexer::Part part);

    [[nodiscard]] const QByteArray& bytes() const { return m_bytes; }
    [[nodiscard]] const PayloadIndex& index() const { return m_index; }
    [[nodiscard]] qint64 count() const { return m_index.rowCount; }
    /// At most `most` rows from `first` on. Walks over 128 rows and 128 KiB at most besides.
    [[nodiscard]] std::vector<PayloadRow> rows(qint64 first, int most) const;
    /// As it may be shown: controls, bidirectional and zero-width characters as `\u{…}`, bytes that are no UTF-8 as
    /// U+FFFD, a tab as four spaces. Plain text always.
    [[nodiscard]] QString text(const PayloadRow& row) const;
    /// Its bytes as they are; Pretty: without the space between tokens, but one behind a colon.
    [[nodiscard]] QByteArray tokens(const PayloadRow& row) const;
    /// In `text(row)`, where the byte `at` of the payload stands; its end for one behind the row.
    [[nodiscard]] qsizetype columnOf(const PayloadRow& row, qsizetype at) const;
    /// The row that shows this byte (space between tokens: the row before); nullopt where it is not indexed yet.
    [[nodiscard]] std::optional<qint64> rowOf(qsizetype at) const;

private:
    [[nodiscard]] QString textUpTo(const PayloadRow& row, qsizetype end) const;
    [[nodiscard]] std::size_t markBefore(qint64 row) const;

    QByteArray m_bytes;
    PayloadIndex m_index;
};

/// The next place of `needle` at or after `from` (or, backwards, before it); bytes compare exactly, but ASCII letters
/// in either case when the needle has no capital. nullopt: not there, or `shouldStop` said so.
struct PayloadFind
{
    QByteArray needle;
    qsizetype from = 0;
    bool isBackwards = false;
};
[[nodiscard]] std::optional<qsizetype> findInPayload(QByteArrayView bytes, const PayloadFind& find,
                                                     const std::function<bool()>& shouldStop = {});

} // namespace spillway
