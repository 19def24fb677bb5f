// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringView>

#include <vector>

namespace spillway {

/// A piece of a message that stands for any other of its kind.
struct Folding
{
    QString from; ///< as it stood, cut to 80 characters; untrusted
    QString
        placeholder; ///< `<n>`, `<id>`, `<uuid>`, `<hex>`, `<hash>`, `<time>`, `<text>`, `<email>`, `<url>`, `<path>`
    friend bool operator==(const Folding&, const Folding&) = default;
};

/// No folded message is longer.
inline constexpr qsizetype longestFolded = 240;

/// A failure's message without what changes from one failure to the next: numbers `<n>`, ids of letters and digits
/// `<id>`, UUIDs, hex digits, object hashes after `@`, times, quoted values `<text>`, e-mail addresses, URLs, paths.
/// A quoted name of a field or type stays, since it tells failures apart: words joined as programs join them
/// (`customer_id`, `customerId`), or an identifier beside a word that says so ("field 'amount'", "'amount' is
/// required"). Space is made single. Looks at the first 4096 characters, keeps 240. Folding again changes nothing.
/// Linear in the text, without regular expressions; any text will do.
/// @param foldings  gets what was replaced, in order, at most 100; may be null.
/// Pure; any thread.
[[nodiscard]] QString foldMessage(QStringView message, std::vector<Folding>* foldings = nullptr);

} // namespace spillway
