// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/messagecodes.h"

#include <QRegularExpression>
#include <QStringList>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longest = 4096;

/// A word that a code follows. Behind words of plain speech only three digits are one: `returned 12 rows` is none.
const QRegularExpression& codePattern()
{
    static const QRegularExpression pattern(
        uR"((?i)\b(?:(?:status|code|errno|sqlstate)[\s:=#"'\[(]{1,4}([0-9][0-9a-z]{0,5})\b)"
        uR"(|(?:http(?:/[0-9.]+)?|error|answered|returned|responded(?:\s+with)?|response)[\s:=#"'\[(]{1,4}([1-9][0-9]{2})\b)"
        uR"(|(ora-[0-9]{5})\b))"_s);
    return pattern;
}

} // namespace

QString messageCodes(const QString& message)
{
    QStringList codes;
    auto match = codePattern().globalMatch(message.left(longest));
    while (match.hasNext()) {
        const QRegularExpressionMatch found = match.next();
        codes += found.captured(found.lastCapturedIndex()).toUpper();
    }
    return codes.join(u' ');
}

} // namespace spillway
