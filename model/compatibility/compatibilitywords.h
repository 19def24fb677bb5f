// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringView>

#include <array>
#include <optional>
#include <vector>

/// May a schema be changed like this? The words that everybody uses who asks.
namespace spillway {

/// As Confluent defines them. BACKWARD: who uses the new schema can read what was written with the one before.
/// FORWARD: who uses the one before can read what is written with the new. FULL: both. Transitive: every version
/// before, not only the last.
enum class CompatibilityLevel { Backward, BackwardTransitive, Forward, ForwardTransitive, Full, FullTransitive, None };

inline constexpr std::array allCompatibilityLevels{CompatibilityLevel::Backward, CompatibilityLevel::BackwardTransitive,
                                                   CompatibilityLevel::Forward,  CompatibilityLevel::ForwardTransitive,
                                                   CompatibilityLevel::Full,     CompatibilityLevel::FullTransitive,
                                                   CompatibilityLevel::None};

[[nodiscard]] QString compatibilityLevelWord(CompatibilityLevel level);                       ///< BACKWARD, …, NONE
[[nodiscard]] std::optional<CompatibilityLevel> compatibilityLevelFromWord(QStringView word); ///< in any case

/// By whose rules a difference is judged.
enum class CompatibilityPolicy {
    ConfluentStrict,  ///< Confluent's registry, compatibilityPolicy STRICT: by the sets of documents
    ConfluentLenient, ///< the same with LENIENT: nobody sends fields that were not declared, nobody minds them
    OptionalFriendly, ///< writers send declared fields only, readers take any; defaults fill nothing in
    Seed,             ///< the article's own four rules
    House,            ///< `_meta/compatibility-rules.yaml`
};

[[nodiscard]] QString compatibilityPolicyWord(CompatibilityPolicy policy); ///< confluent-strict, …
[[nodiscard]] std::optional<CompatibilityPolicy> compatibilityPolicyFromWord(QStringView word);

/// What a policy says of one change, in one direction.
enum class DirectionVerdict {
    Holds,     ///< what was written can be read, as far as this change goes
    Breaks,    ///< it cannot always
    Undecided, ///< not found out; never taken for Holds
};

enum class ChangeVerdict {
    Compatible, ///< does not break the level that is checked
    Breaking,
    Undecided, ///< nobody found out: counts as incompatible
    Waived,    ///< breaks it, and a waiver that has not expired says that it may
};
[[nodiscard]] QString changeVerdictWord(ChangeVerdict verdict); ///< compatible, breaking, undecided, waived

} // namespace spillway
