// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/mask/masker.h"

#include "model/base/text.h"
#include "model/mask/jsonmask.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

struct Masker::Compiled
{
    MaskRules rules;
    JsonMaskRules json;
};

namespace {

JsonMaskRules compiledJson(const MaskRules& rules)
{
    JsonMaskRules json;
    json.shown = rules.shownFields;
    json.text.patterns = rules.patterns;
    json.text.customPatterns = rules.customPatterns;
    for (const FieldPath& path : rules.fields) {
        const QByteArrayView name = path.anywhereName();
        if (name.isEmpty()) {
            json.paths.push_back(path);
            continue;
        }
        if (std::find(rules.shownFields.begin(), rules.shownFields.end(), path) != rules.shownFields.end())
            continue;
        if (name.contains('*'))
            json.anywhereGlobs.push_back(name.toByteArray());
        else
            json.anywhere.insert(name.toByteArray());
    }
    json.text.names = json.anywhere;
    json.text.nameGlobs = json.anywhereGlobs;
    return json;
}

MaskedBytes whole(const QString& why)
{
    return {maskMark.toByteArray(), MaskCoverage::Whole, why};
}

MaskedBytes edited(QByteArrayView bytes, const std::vector<MaskEdit>& edits)
{
    if (edits.empty())
        return {bytes.toByteArray()};
    MaskedBytes masked{withEdits(bytes, edits), MaskCoverage::Parts, {}};
    if (masked.bytes == bytes) // it was masked before
        masked.coverage = MaskCoverage::None;
    return masked;
}

/// Until nothing more is found: what stands beside a mark may look like a secret only then.
MaskedBytes maskedText(QByteArrayView bytes, const TextRules& rules)
{
    constexpr int rounds = 4;
    MaskedBytes masked{bytes.toByteArray()};
    for (int round = 0; round < rounds; ++round) {
        MaskedBytes more = edited(masked.bytes, textMaskEdits(masked.bytes, rules));
        if (more.coverage == MaskCoverage::None)
            return masked;
        masked = std::move(more);
    }
    return whole(u"it could not be masked in parts"_s);
}

bool looksLikeDocument(QByteArrayView bytes)
{
    const QByteArrayView text = bytes.startsWith("\xEF\xBB\xBF") ? bytes.sliced(3).trimmed() : bytes.trimmed();
    return text.startsWith('{') || text.startsWith('[');
}

/// @param isStrict  what cannot be read safely is masked whole
MaskedBytes maskedBytes(QByteArrayView bytes, const JsonMaskRules& rules, bool isStrict)
{
    if (bytes.isEmpty() || bytes == maskMark)
        return {bytes.toByteArray()};
    const bool isText = isUtf8(bytes) && !bytes.contains('\0');
    if (isStrict && !isText)
        return whole(u"it is no text, so what is personal in it cannot be told"_s);
    if (const auto edits = jsonMaskEdits(bytes, rules))
        return edited(bytes, *edits);
    if (isStrict && looksLikeDocument(bytes))
        return whole(u"it is broken JSON, so its fields cannot be told"_s);
    return maskedText(bytes, rules.text);
}

} // namespace

QString maskCoverageWord(MaskCoverage coverage)
{
    switch (coverage) {
    case MaskCoverage::None:
        return u"none"_s;
    case MaskCoverage::Parts:
        return u"parts"_s;
    case MaskCoverage::Whole:
        return u"whole"_s;
    }
    return {};
}

Masker::Masker()
    : Masker(MaskRules{})
{
}

Masker::Masker(MaskRules rules)
{
    JsonMaskRules json = compiledJson(rules);
    m_compiled = std::make_shared<const Compiled>(Compiled{std::move(rules), std::move(json)});
}

Masker::~Masker() = default;
Masker::Masker(const Masker&) = default;
Masker::Masker(Masker&&) noexcept = default;
Masker& Masker::operator=(const Masker&) = default;
Masker& Masker::operator=(Masker&&) noexcept = default;

const MaskRules& Masker::rules() const
{
    return m_compiled->rules;
}

bool Masker::isOn(MaskPurpose purpose) const
{
    const MaskRules& rules = m_compiled->rules;
    return rules.isOn && std::find(rules.purposes.begin(), rules.purposes.end(), purpose) != rules.purposes.end();
}

MaskedBytes Masker::payload(QByteArrayView bytes, MaskPurpose purpose) const
{
    if (!isOn(purpose))
        return {bytes.toByteArray()};
    return maskedBytes(bytes, m_compiled->json, m_compiled->rules.isStrict);
}

MaskedBytes Masker::header(QByteArrayView name, QByteArrayView value, MaskPurpose purpose) const
{
    if (!isOn(purpose))
        return {value.toByteArray()};
    const QByteArray comparable = comparableName(name);
    const auto isIn = [&comparable](const std::vector<QByteArray>& patterns) {
        return std::any_of(patterns.begin(), patterns.end(),
                           [&comparable](const QByteArray& pattern) { return fitsPattern(comparable, pattern); });
    };
    const MaskRules& rules = m_compiled->rules;
    if (isIn(rules.headers) && !isIn(rules.shownHeaders))
        return value == maskMark ? MaskedBytes{value.toByteArray()} : whole(u"the header is masked by its name"_s);
    return maskedBytes(value, m_compiled->json, false);
}

MaskedBytes Masker::key(QByteArrayView bytes, MaskPurpose purpose) const
{
    if (!isOn(purpose) || bytes.isEmpty())
        return {bytes.toByteArray()};
    switch (m_compiled->rules.keys) {
    case MaskRules::Keys::None:
        return {bytes.toByteArray()};
    case MaskRules::Keys::All:
        return bytes == maskMark ? MaskedBytes{bytes.toByteArray()} : whole(u"keys are masked"_s);
    case MaskRules::Keys::Patterns:
        return maskedBytes(bytes, m_compiled->json, false);
    }
    return {};
}

QString Masker::text(QStringView text, MaskPurpose purpose) const
{
    if (!isOn(purpose) || text.isEmpty())
        return text.toString();
    const MaskedBytes masked = maskedText(text.toUtf8(), m_compiled->json.text);
    return masked.coverage == MaskCoverage::None ? text.toString() : QString::fromUtf8(masked.bytes);
}

std::optional<QString> Masker::maybeText(const std::optional<QString>& text, MaskPurpose purpose) const
{
    return text ? std::optional(this->text(QStringView(*text), purpose)) : std::nullopt;
}

} // namespace spillway
