// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/compatibilitywords.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

QString compatibilityLevelWord(CompatibilityLevel level)
{
    switch (level) {
    case CompatibilityLevel::Backward:
        return u"BACKWARD"_s;
    case CompatibilityLevel::BackwardTransitive:
        return u"BACKWARD_TRANSITIVE"_s;
    case CompatibilityLevel::Forward:
        return u"FORWARD"_s;
    case CompatibilityLevel::ForwardTransitive:
        return u"FORWARD_TRANSITIVE"_s;
    case CompatibilityLevel::Full:
        return u"FULL"_s;
    case CompatibilityLevel::FullTransitive:
        return u"FULL_TRANSITIVE"_s;
    case CompatibilityLevel::None:
        return u"NONE"_s;
    }
    Q_UNREACHABLE();
}

std::optional<CompatibilityLevel> compatibilityLevelFromWord(QStringView word)
{
    for (const CompatibilityLevel level : allCompatibilityLevels) {
        if (word.compare(compatibilityLevelWord(level), Qt::CaseInsensitive) == 0)
            return level;
    }
    return std::nullopt;
}

QString compatibilityPolicyWord(CompatibilityPolicy policy)
{
    switch (policy) {
    case CompatibilityPolicy::ConfluentStrict:
        return u"confluent-strict"_s;
    case CompatibilityPolicy::ConfluentLenient:
        return u"confluent-lenient"_s;
    case CompatibilityPolicy::OptionalFriendly:
        return u"optional-friendly"_s;
    case CompatibilityPolicy::Seed:
        return u"seed"_s;
    case CompatibilityPolicy::House:
        return u"house"_s;
    }
    Q_UNREACHABLE();
}

std::optional<CompatibilityPolicy> compatibilityPolicyFromWord(QStringView word)
{
    for (const CompatibilityPolicy policy :
         {CompatibilityPolicy::ConfluentStrict, CompatibilityPolicy::ConfluentLenient,
          CompatibilityPolicy::OptionalFriendly, CompatibilityPolicy::Seed, CompatibilityPolicy::House}) {
        if (word == compatibilityPolicyWord(policy))
            return policy;
    }
    return std::nullopt;
}

QString changeVerdictWord(ChangeVerdict verdict)
{
    switch (verdict) {
    case ChangeVerdict::Compatible:
        return u"compatible"_s;
    case ChangeVerdict::Breaking:
        return u"breaking"_s;
    case ChangeVerdict::Undecided:
        return u"undecided"_s;
    case ChangeVerdict::Waived:
        return u"waived"_s;
    }
    Q_UNREACHABLE();
}

} // namespace spillway
