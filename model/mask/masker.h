// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/mask/maskrules.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <memory>
#include <optional>

namespace spillway {

/// What stands where something was masked: always the same, so that not even its length is told.
inline constexpr QByteArrayView maskMark{"\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2"}; // •••
inline constexpr QStringView maskMarkText = u"•••";

enum class MaskCoverage {
    None,  ///< the bytes as they are
    Parts, ///< some values are marks, every other byte is as it was
    Whole, ///< nothing is shown
};

[[nodiscard]] QString maskCoverageWord(MaskCoverage coverage); ///< none, parts, whole

struct MaskedBytes
{
    QByteArray bytes;
    MaskCoverage coverage = MaskCoverage::None;
    QString why; ///< Whole: in words, for people; else empty
    friend bool operator==(const MaskedBytes&, const MaskedBytes&) = default;
};

/// Decides which bytes may be seen, by the rules of a workspace. It works on the bytes: a matched value becomes `"•••"`
/// (a part of a text `•••`), everything else stays byte for byte: numbers, escapes, duplicate keys, white space. Null
/// stays null, since it tells nothing but that there is nothing. Linear in the bytes, whatever their nesting; masking
/// what is masked changes nothing. Where masking is off or not asked for this purpose, everything comes back unchanged.
/// A value: cheap to copy, pure, any thread.
class Masker
{
public:
    Masker(); ///< masks nothing
    explicit Masker(MaskRules rules);
    ~Masker();
    Masker(const Masker&);
    Masker(Masker&&) noexcept;
    Masker& operator=(const Masker&);
    Masker& operator=(Masker&&) noexcept;

    [[nodiscard]] const MaskRules& rules() const;
    [[nodiscard]] bool isOn(MaskPurpose purpose) const;

    /// A message's payload: JSON by fields and patterns, also in JSON that stands in a JSON string; other text by
    /// patterns. What cannot be read safely is masked whole where the rules are strict.
    [[nodiscard]] MaskedBytes payload(QByteArrayView bytes, MaskPurpose purpose) const;
    /// A header's value: whole by its name, else as a payload, though never whole for being binary.
    [[nodiscard]] MaskedBytes header(QByteArrayView name, QByteArrayView value, MaskPurpose purpose) const;
    /// A message's key: as the rules say for keys.
    [[nodiscard]] MaskedBytes key(QByteArrayView bytes, MaskPurpose purpose) const;
    /// An error message, a stack, a title: by patterns, and by `name=value` and `"name": "value"` of the fields that
    /// are masked at any depth, since errors quote payloads.
    [[nodiscard]] QString text(QStringView text, MaskPurpose purpose) const;
    [[nodiscard]] std::optional<QString> maybeText(const std::optional<QString>& text, MaskPurpose purpose) const;

private:
    struct Compiled;
    std::shared_ptr<const Compiled> m_compiled; // shared by the copies; never changes
};

} // namespace spillway
