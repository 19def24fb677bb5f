// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"

#include "model/base/result.h"

#include <QStringList>

#include <variant>
#include <vector>

/// What people decide about groups and letters besides their state, as values that cross the local socket. A subject is
/// a group's id (`g` and 12 hex digits) or a letter's; before they are decided, also a short form of subjectid.h.
namespace spillway {

enum class ReplaySafety { Yes, No, WithCare };
[[nodiscard]] QString replaySafetyWord(ReplaySafety safety); ///< yes, no, withCare
[[nodiscard]] std::optional<ReplaySafety> replaySafetyFromWord(QStringView word);

/// What a group turned out to be.
struct KnownError
{
    FailureKind kind = FailureKind::Unknown;
    QString cause; ///< in words
    QString fix;
    QString link; ///< http or https; empty: none
    ReplaySafety safety = ReplaySafety::WithCare;
    friend bool operator==(const KnownError&, const KnownError&) = default;
};

enum class ArchiveUntil { Forever, Escalates, Date };
[[nodiscard]] QString archiveUntilWord(ArchiveUntil until); ///< forever, escalates, date

/// Stays for ever.
struct CommentAction
{
    QString subject;
    QString text;
    friend bool operator==(const CommentAction&, const CommentAction&) = default;
};

struct TagAction
{
    QStringList subjects;
    QStringList add;
    QStringList remove;
    friend bool operator==(const TagAction&, const TagAction&) = default;
};

struct LinkAction
{
    QString subject;
    QString url;
    QString title; ///< empty: the address alone
    bool isRemoved = false;
    friend bool operator==(const LinkAction&, const LinkAction&) = default;
};

/// Puts these letters away. Other failures, and later letters unless `future`, are not hidden.
struct ArchiveAction
{
    QStringList ids; ///< letters and groups
    std::optional<QString> query;
    ArchiveUntil until = ArchiveUntil::Forever;
    std::optional<UtcTime> at; ///< Date
    bool future = false;       ///< Forever: letters of the same fingerprint are put away as they arrive
    QString reason;
    friend bool operator==(const ArchiveAction&, const ArchiveAction&) = default;
};

struct KnownErrorAction
{
    QString group;
    std::optional<KnownError> error; ///< nullopt: no longer known
    QString reason;
    friend bool operator==(const KnownErrorAction&, const KnownErrorAction&) = default;
};

struct UndoAction
{
    std::optional<std::int64_t> seq; ///< of any event of the decision; nullopt: the last one a person made
    QString reason;
    friend bool operator==(const UndoAction&, const UndoAction&) = default;
};

using TriageAction = std::variant<CommentAction, TagAction, LinkAction, ArchiveAction, KnownErrorAction, UndoAction>;

/// What came of it.
struct ActionReport
{
    std::int64_t changed = 0; ///< letters, or marks where no letter changes
    std::int64_t seq = 0;     ///< of the last event; 0: nothing had to change
    QString summary;          ///< in words
    QStringList refused;      ///< letters left as they are, with why
    friend bool operator==(const ActionReport&, const ActionReport&) = default;
};

[[nodiscard]] bool isGroupId(QStringView id);

/// Trims, and says in plain words what is wrong: bounds, words, addresses. InvalidConfig.
[[nodiscard]] Result<TriageAction> checkedAction(TriageAction action);

[[nodiscard]] QByteArray actionToJson(const TriageAction& action);
/// InvalidConfig for anything else.
[[nodiscard]] Result<TriageAction> actionFromJson(const QByteArray& json);

/// `2026-12-24`, its first moment in UTC, or RFC 3339. InvalidConfig.
[[nodiscard]] Result<UtcTime> readArchiveDate(const QString& text);

} // namespace spillway
