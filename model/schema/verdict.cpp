// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/verdict.h"

#include "model/base/wordtable.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr WordTable<SchemaVerdict, 3> verdictWords{
    {{SchemaVerdict::Valid, u"valid"}, {SchemaVerdict::Invalid, u"invalid"}, {SchemaVerdict::Unknown, u"unknown"}}};

} // namespace

QString schemaVerdictWord(SchemaVerdict verdict)
{
    return wordOf(verdictWords, verdict);
}

std::optional<SchemaVerdict> schemaVerdictFromWord(QStringView word)
{
    return valueOf(verdictWords, word);
}

} // namespace spillway
