// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/record.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

/// What differs between two messages. Payloads stay bytes: what is said of them is cut out of them, never written anew.
/// Bounded: what is too large to be compared by its structure is compared by lines, and it is said. Pure; any thread.
namespace spillway {

struct PayloadChange
{
    enum class Kind {
        Added,     ///< only in the second
        Removed,   ///< only in the first
        Changed,   ///< in both, not equal
        Respelled, ///< the same value written differently: 1.0 and 1, "\u0041" and "A"
    };
    Kind kind = Kind::Changed;
    QString path;                     ///< JSON pointer ("" the whole), else "line 12", "byte 64"
    std::optional<QByteArray> before; ///< as it stands there, at most `longestShown` bytes of it
    std::optional<QByteArray> after;
    bool isMasked = false; ///< it differs under marks: `before` and `after` are marks
    friend bool operator==(const PayloadChange&, const PayloadChange&) = default;

    static constexpr qsizetype longestShown = 2'000;
};
[[nodiscard]] QString changeWord(PayloadChange::Kind kind); ///< added, removed, changed, respelled

struct PayloadDiff
{
    enum class Method {
        SameBytes, ///< nothing differs, not one byte
        Presence,  ///< one of them, or both, is null
        Json,      ///< by structure: names in any order, numbers by value
        Lines,
        Bytes,
    };
    Method method = Method::SameBytes;
    std::vector<PayloadChange> changes; ///< in the order of the first, at most `mostChanges`
    std::int64_t moreChanges = 0;       ///< found and not listed
    QStringList notes;                  ///< what a reader must know: order ignored, compared by lines because …
    bool isWhole = true;                ///< false: a bound ended the comparison; a note says where
    friend bool operator==(const PayloadDiff&, const PayloadDiff&) = default;

    static constexpr std::size_t mostChanges = 1'000;
    /// Nothing but spelling, order and space differs.
    [[nodiscard]] bool isSameValue() const;
};
[[nodiscard]] QString diffMethodWord(PayloadDiff::Method method); ///< sameBytes, presence, json, lines, bytes

/// nullopt is a null payload. A stop ends the work early: `isWhole` is false then.
[[nodiscard]] PayloadDiff diffPayloads(const std::optional<QByteArray>& before, const std::optional<QByteArray>& after,
                                       const std::stop_token& stop = {});

/// A header that is not the same in both: the nth of its name against the nth of its name.
struct HeaderChange
{
    PayloadChange::Kind kind = PayloadChange::Kind::Changed;
    QByteArray name;
    int occurrence = 1; ///< from 1
    std::optional<Header> before;
    std::optional<Header> after;
    bool isMasked = false; ///< as in PayloadChange
    friend bool operator==(const HeaderChange&, const HeaderChange&) = default;
};

struct RecordDiff
{
    PayloadDiff payload;
    std::vector<HeaderChange> headers; ///< in the first's order, then what only the second has
    bool isHeaderOrderChanged = false; ///< the same names stand in another order
    bool isKeyChanged = false;
    friend bool operator==(const RecordDiff&, const RecordDiff&) = default;
};
[[nodiscard]] RecordDiff diffRecords(const RawRecord& before, const RawRecord& after, const std::stop_token& stop = {});

/// The shortest way from one list to another, by equality of places; for lists whose equal ends are cut off already.
/// nullopt when it takes more than `mostEdits`.
struct ListEdit
{
    enum class Kind { Keep, Remove, Add };
    Kind kind = Kind::Keep;
    int before = 0; ///< place in the first (Keep, Remove)
    int after = 0;  ///< place in the second (Keep, Add)
};
[[nodiscard]] std::optional<std::vector<ListEdit>>
listEdits(int beforeSize, int afterSize, const std::function<bool(int, int)>& isEqual, int mostEdits);

} // namespace spillway
