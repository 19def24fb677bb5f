// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/verdict.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

QString schemaVerdictWord(SchemaVerdict verdict)
{
    switch (verdict) {
    case SchemaVerdict::Valid:
        return u"valid"_s;
    case SchemaVerdict::Invalid:
        return u"invalid"_s;
    case SchemaVerdict::Unknown:
        return u"unknown"_s;
    }
    return {};
}

std::optional<SchemaVerdict> schemaVerdictFromWord(QStringView word)
{
    for (const SchemaVerdict verdict : {SchemaVerdict::Valid, SchemaVerdict::Invalid, SchemaVerdict::Unknown}) {
        if (word == schemaVerdictWord(verdict))
            return verdict;
    }
    return std::nullopt;
}

} // namespace spillway
