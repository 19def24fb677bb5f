// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/dialectregistry.h"
#include "model/workspace/workspace.h"

#include <vector>

/// What the mapping editor offers and shows: sources found in real letters, and the facts a mapping makes of them.
/// Pure; any thread.
namespace spillway {

/// A source that at least one letter has.
struct MappingCandidate
{
    FieldSource source; ///< header or payload
    int letters = 0;    ///< that have it
    QString sample;     ///< its value in the first of them, made visible and cut to 80 characters
    friend bool operator==(const MappingCandidate&, const MappingCandidate&) = default;
};

/// Headers by name, then scalars of JSON payloads by pointer; each once, in the order in which they are met. At most
/// 200 of each; payloads over 1 MiB and elements of arrays beyond the first are passed over.
[[nodiscard]] std::vector<MappingCandidate> mappingCandidates(const std::vector<RawRecord>& letters);

/// Places in JSON payloads where a payload within could stand: objects, lists and texts by pointer, the outer ones
/// first. At most 200; bounds as for the others.
[[nodiscard]] std::vector<MappingCandidate> payloadCandidates(const std::vector<RawRecord>& letters);

/// What the mapping editor works on.
struct MappingSubject
{
    std::vector<RawRecord> letters; ///< the newest of the channel, whole; before them the one it was opened for
    DeadLetterMapping mapping;      ///< what counts now; empty: none
    std::vector<MappingCandidate> candidates;
    std::vector<MappingCandidate> payloads; ///< `payloadCandidates`
};

/// A letter under a mapping, field by field.
struct MappingPreviewRow
{
    QString letter; ///< partition and offset: `p2 @ 41`, as the list of messages has it
    QString readBy; ///< the dialect that reads it although there is the mapping; empty: the mapping does
    /// In the order of mappingFieldNames(): what was read, made visible and cut; nullopt: nothing was, or it does not
    /// read as what it should be.
    std::vector<std::optional<QString>> fields;
    std::optional<QString>
        payload;          ///< what a replay sends of an envelope, cut; nullopt: the mapping names no place, or
    QString payloadFault; ///< why there is none there
    friend bool operator==(const MappingPreviewRow&, const MappingPreviewRow&) = default;
};

/// Read as the intake reads letters of a topic with this mapping (`DialectRegistry::read`); without a field yet, as it
/// reads them without one.
[[nodiscard]] std::vector<MappingPreviewRow> previewMapping(const std::vector<RawRecord>& letters,
                                                            const DeadLetterMapping& mapping,
                                                            const DialectRegistry& dialects);

/// Which dialects are sure of letters, each with how many; most first. What they read stays as it is, unless the
/// mapping takes every letter.
[[nodiscard]] std::vector<std::pair<QString, int>> sureDialects(const std::vector<RawRecord>& letters,
                                                                const DialectRegistry& dialects);

} // namespace spillway
