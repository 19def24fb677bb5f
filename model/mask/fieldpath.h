// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

/// Which fields of a payload a rule means: `customer.email`, `items[*].card`, `**.iban`. Pure; any thread.
namespace spillway {

/// A field's name as rules compare it: lower case, without `_`, `-` and spaces, so that `cardNumber`, `card_number` and
/// `Card-Number` are one name. Letters beyond ASCII stay as they are.
[[nodiscard]] QByteArray comparableName(QByteArrayView name);

/// Whether `name` (comparable) fits `pattern` (comparable, `*` stands for any run). Linear in the name for each `*`.
[[nodiscard]] bool fitsPattern(QByteArrayView name, QByteArrayView pattern);

/// One step of a path.
struct FieldStep
{
    enum class Kind {
        Name,     ///< a key that fits `name`
        Index,    ///< this element of an array
        AnyIndex, ///< `[*]`
        AnyDepth, ///< `**`: no step or any number of them
    };
    Kind kind = Kind::Name;
    QByteArray name; ///< comparable; may hold `*`
    std::int64_t index = 0;
    friend bool operator==(const FieldStep&, const FieldStep&) = default;
};

/// A path as written by a user, taken apart.
struct FieldPath
{
    static constexpr std::size_t longest = 30; ///< steps; so that a set of places fits 32 bits
    std::vector<FieldStep> steps;
    friend bool operator==(const FieldPath&, const FieldPath&) = default;

    /// `**.NAME`: the name of any field at any depth; empty for other paths.
    [[nodiscard]] QByteArrayView anywhereName() const;
};

/// Why a text is no path, in words that say what to write; empty when it is one.
struct FieldPathRead
{
    FieldPath path;
    QString fault;
};
/// Steps are separated by dots; `\.`, `\[` and `\\` inside a name stand for themselves; `*` in a name stands for any
/// run of characters; `[3]` and `[*]` are elements of arrays; `**` is any depth. `$.` in front is allowed.
[[nodiscard]] FieldPathRead parseFieldPath(QStringView text);

/// Places within one path at which a walk may be: bit i is set when the steps before i have been taken.
using PathPlaces = std::uint32_t;
[[nodiscard]] PathPlaces startOf(const FieldPath& path);
/// The places after stepping into the key `name` (comparable).
[[nodiscard]] PathPlaces afterKey(const FieldPath& path, PathPlaces places, QByteArrayView name);
[[nodiscard]] PathPlaces afterIndex(const FieldPath& path, PathPlaces places, std::int64_t index);
/// Whether the walk stands on a field that the path means.
[[nodiscard]] bool isArrived(const FieldPath& path, PathPlaces places);

} // namespace spillway
