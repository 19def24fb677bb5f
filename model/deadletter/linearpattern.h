// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringView>

#include <optional>

namespace spillway {

/// A PCRE expression in RE2's words. RE2 knows no place "before the line feed that ends the text", where `$` fits and
/// behind which `(?m)^` does not: so there are two expressions, and texts with such a line feed are written otherwise
/// (`withMarkedEnd`).
struct LinearPattern
{
    QString plain;         ///< for texts that do not end with a line feed
    QString marked;        ///< for `withMarkedEnd` of the others; they are longer than that line feed
    bool isSame = false;   ///< nothing in it asks for the end of text or lines: `plain` is for every text
    int marksOfTheEnd = 0; ///< so many `$` may be asked one behind the other
};

/// @param pattern  as QRegularExpression takes it, without options.
/// @return nullopt where it is none, or asks for what takes more than one look at each character: look-around,
///         references back, recursion, conditions, atomic and possessive parts, `\R`, `\X`, `\K`; and for counts that
///         other releases of PCRE read otherwise.
[[nodiscard]] std::optional<LinearPattern> linearPattern(QStringView pattern);

/// A text in UTF-8 that ends with a line feed and does not begin with it, for `marked`: before the line feed stand
/// `marks` marks that `$` takes, one each, so that it may be asked again behind it; the line feed itself becomes
/// another sign, behind which no line begins. All of these are surrogates, which stand in no text.
[[nodiscard]] QByteArray withMarkedEnd(QByteArray text, int marks);

} // namespace spillway
