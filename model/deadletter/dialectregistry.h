// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/dialect.h"
#include "model/workspace/workspace.h"

#include <QHash>

#include <vector>

namespace spillway {

/// How likely a letter is of a dialect.
struct DialectMatch
{
    const Dialect* dialect = nullptr; ///< the registry's; never null
    double confidence = 0;
};

/// From this confidence on a dialect reads a letter although its topic has a mapping.
inline constexpr double sureOfLetter = 0.8;

/// The dialects Spillway knows. Filled at start, then read by any thread.
class DialectRegistry
{
public:
    /// Those that come with the program. An error here is our own mistake.
    [[nodiscard]] static Result<DialectRegistry> bundled();

    /// Those, and a workspace's own (`dialects:`) after them; empty: none.
    [[nodiscard]] static Checked<DialectRegistry> withUsers(const QString& folder);

    /// Adds every *.json of a folder, in the order of their names; a dialect of a known id replaces it. Blocking file
    /// reads. Nothing is added when a file is wrong: every mistake of every file is returned.
    /// @param isOwn  a workspace's
    [[nodiscard]] std::vector<FileIssue> addFolder(const QString& folder, bool isOwn = false);
    void add(Dialect dialect);

    [[nodiscard]] const std::vector<Dialect>& dialects() const { return m_dialects; }
    [[nodiscard]] const Dialect* dialect(QStringView id) const;

    /// Every dialect whose headers are there, in the order of `dialects`; names alone decide. Empty: not recognised.
    [[nodiscard]] std::vector<DialectMatch> fitting(const Headers& headers) const;

    /// The same in the order in which they wrote: the one that tells the newest failure first, the oldest last.
    [[nodiscard]] std::vector<DialectMatch> newestFirst(const Headers& headers) const;

    /// What the letter tells. A mapping reads what no dialect is sure of (`sureOfLetter`), or every letter where it
    /// says so, and the dialect is `mapping`; of the others it tells whose they are (consumer, event type). A letter
    /// that fits no dialect and has no mapping is read by shape (guesseddialects.h: `uforwarder`, `generic`), else it
    /// is `unrecognised`. `stack` text is filled only from a payload; else `stackHeader` says where it stands.
    [[nodiscard]] LetterFacts read(const RawRecord& record, const DeadLetterMapping* mapping = nullptr) const;

    /// The mapping by which a letter of this dialect goes back: it was read by it, or will be when it is read again,
    /// unless the dialect is one that stays. null: the dialect's own rules count.
    [[nodiscard]] const DeadLetterMapping* counting(const DeadLetterMapping* mapping, QStringView dialectId) const;

    /// Whether a replay leaves this header out: the dialect's error headers; under a mapping the mapped ones.
    [[nodiscard]] bool isErrorHeader(QStringView dialectId, QByteArrayView header,
                                     const DeadLetterMapping* mapping = nullptr) const;

    /// The same as names, for whoever seals them into a plan: a `*` at the end takes a prefix. Empty: nothing is left
    /// out.
    [[nodiscard]] std::vector<QByteArray> errorHeaders(QStringView dialectId,
                                                       const DeadLetterMapping* mapping = nullptr) const;

    /// Where the payload stands in the letter's, where the dialect's letters, or in this channel a mapping's, are
    /// envelopes; nullopt: it is the letter's.
    [[nodiscard]] std::optional<PayloadPlace> payloadPlace(QStringView dialectId,
                                                           const DeadLetterMapping* mapping = nullptr) const;

private:
    void index();

    std::vector<Dialect> m_dialects;
    QHash<QByteArray, int> m_detectNames;                // header name -> its place in a letter's row of flags
    std::vector<std::vector<std::vector<int>>> m_detect; // per dialect and rule: places that must be set
};

/// Reads a stream of letters: letters of one channel mostly have the same header names, and which dialects those fit is
/// looked up once. The registry outlives it and stays as it is. One thread.
class DialectStream
{
public:
    explicit DialectStream(const DialectRegistry& dialects)
        : m_dialects(dialects)
    {
    }
    /// As DialectRegistry::read.
    [[nodiscard]] LetterFacts read(const RawRecord& record, const DeadLetterMapping* mapping = nullptr);

private:
    struct Known
    {
        std::vector<QByteArray> names;
        std::vector<DialectMatch> fitting;
    };
    [[nodiscard]] const std::vector<DialectMatch>& fitting(const Headers& headers);

    const DialectRegistry& m_dialects;
    std::vector<Known> m_known;
    std::size_t m_next = 0; ///< makes room for a new one
};

} // namespace spillway
