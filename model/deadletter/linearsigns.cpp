// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/linearsigns.h"

#include <QHash>
#include <QMutex>
#include <QRegularExpression>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr char32_t firstSurrogate = 0xD800;
constexpr char32_t behindSurrogates = 0xE000;
constexpr char32_t lastCharacter = 0x10FFFF;
constexpr qsizetype mostRemembered = 256;

/// All characters in their order.
QString everyCharacter()
{
    QString every;
    every.reserve(2 * static_cast<qsizetype>(lastCharacter));
    for (char32_t c = 0; c <= lastCharacter; ++c) {
        if (c == firstSurrogate)
            c = behindSurrogates;
        for (const char16_t unit : QChar::fromUcs4(c))
            every += QChar(unit);
    }
    return every;
}

/// Which one begins at a place of that text.
char32_t characterAt(qsizetype place)
{
    const auto at = static_cast<char32_t>(place);
    constexpr char32_t surrogates = behindSurrogates - firstSurrogate;
    constexpr char32_t firstPair = 0x10000 - surrogates;
    if (at < firstSurrogate)
        return at;
    return at < firstPair ? at + surrogates : 0x10000 + (at - firstPair) / 2;
}

std::optional<LinearSigns> asked(const QString& sign)
{
    const QRegularExpression runs(sign + u"++"_s);
    if (!runs.isValid())
        return std::nullopt;
    const QString every = everyCharacter();
    LinearSigns signs;
    auto found = runs.globalMatch(every);
    while (found.hasNext()) {
        const QRegularExpressionMatch run = found.next();
        if (run.capturedLength() == 0)
            return std::nullopt;
        const char32_t first = characterAt(run.capturedStart());
        const char32_t end = run.capturedEnd() == every.size() ? lastCharacter + 1 : characterAt(run.capturedEnd());
        signs.hasLineFeed = signs.hasLineFeed || (first <= u'\n' && end > u'\n');
        const auto add = [&signs](char32_t from, char32_t to) {
            signs.set += u"\\x{%1}-\\x{%2}"_s.arg(QString::number(from, 16), QString::number(to, 16));
        };
        // The text has none of the surrogates, so that a run may reach over them.
        if (first < firstSurrogate && end > behindSurrogates) {
            add(first, firstSurrogate - 1);
            add(behindSurrogates, end - 1);
        } else {
            add(first, end == behindSurrogates ? firstSurrogate - 1 : end - 1);
        }
    }
    signs.set = signs.set.isEmpty() ? u"[^\\x00-\\x{10FFFF}]"_s : u"[%1]"_s.arg(signs.set);
    return signs;
}

} // namespace

std::optional<LinearSigns> linearSigns(const QString& sign)
{
    static QMutex mutex; // guards: known
    static QHash<QString, LinearSigns> known;
    {
        const QMutexLocker lock(&mutex);
        if (const auto it = known.constFind(sign); it != known.constEnd())
            return *it;
    }
    auto signs = asked(sign);
    if (signs) {
        const QMutexLocker lock(&mutex);
        if (known.size() >= mostRemembered)
            known.clear();
        known.insert(sign, *signs);
    }
    return signs;
}

} // namespace spillway
