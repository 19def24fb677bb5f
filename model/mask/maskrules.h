// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/mask/fieldpath.h"
#include "model/workspace/workspace.h"

#include <QRegularExpression>
#include <QString>

#include <array>
#include <vector>

/// What is personal or secret in this workspace, as values. For users: resources/manual/masking.md.
namespace spillway {

/// What bytes are wanted for. Replay is none of them: it sends the bytes as they are.
enum class MaskPurpose { View, Export, Clipboard, SearchResult, Report };
inline constexpr std::array maskPurposes{MaskPurpose::View, MaskPurpose::Export, MaskPurpose::Clipboard,
                                         MaskPurpose::SearchResult, MaskPurpose::Report};

/// Built-in patterns; their words in a file: `email`, `iban`, `card`, `phone`, `token`, `credential`, `ipv4`.
enum class MaskPattern {
    Email,
    Iban,        ///< with its check digits
    PaymentCard, ///< by a known issuer, with Luhn's check
    Phone,       ///< international: `+` and 8 to 15 digits
    Token,       ///< JWT; what follows `Bearer` or `Basic`
    Credential,  ///< `password=…`, `"apiKey": "…"`, `//user:password@host`, and `name=…` of every `**.name` rule
    IpAddress4,
};
inline constexpr std::array maskPatterns{MaskPattern::Email,     MaskPattern::Iban,  MaskPattern::PaymentCard,
                                         MaskPattern::Phone,     MaskPattern::Token, MaskPattern::Credential,
                                         MaskPattern::IpAddress4};
[[nodiscard]] QString maskPatternWord(MaskPattern pattern);
[[nodiscard]] QString maskPurposeWord(MaskPurpose purpose); ///< view, export, clipboard, search, report

/// A user's own expression. Compiled with a limit on its work: where it gives up, the whole text is masked.
struct CustomPattern
{
    QString name;
    QRegularExpression expression;
    friend bool operator==(const CustomPattern&, const CustomPattern&) = default;
};

struct MaskRules
{
    enum class Keys { Patterns, All, None };

    bool isOn = false;
    /// Bytes that cannot be read safely (broken JSON, no text) are masked whole; else only by patterns.
    bool isStrict = false;
    std::vector<MaskPurpose> purposes{maskPurposes.begin(), maskPurposes.end()};
    std::vector<FieldPath> fields;
    std::vector<FieldPath> shownFields;   ///< never masked by `fields`; patterns still look into them
    std::vector<QByteArray> headers;      ///< comparable names, with `*`
    std::vector<QByteArray> shownHeaders; ///< never masked whole
    std::vector<MaskPattern> patterns;
    std::vector<CustomPattern> customPatterns;
    Keys keys = Keys::Patterns;

    /// Rules for `check`: fields, headers and patterns together.
    [[nodiscard]] std::int64_t count() const;
};

/// What holds without a file: on and strict in production, off elsewhere. Names only what is clearly personal or secret
/// (e-mail, phone, IBAN, card, password, token, …), never business fields such as an order's id or amount.
[[nodiscard]] MaskRules defaultMaskRules(Environment environment);

/// The workspace's masking.yaml over the defaults, checked, with every fault at once; the defaults where there is none.
/// A file means on, unless it says `enabled: false`. Blocking; any thread.
[[nodiscard]] Checked<MaskRules> loadMaskRules(const Workspace& workspace);
/// The same for text in memory; `file` names it in issues.
[[nodiscard]] Checked<MaskRules> readMaskRules(const QByteArray& yaml, const QString& file, Environment environment);

/// `on, 57 rules (masking.yaml)` or `off (development; masking.yaml turns it on)`, for people.
[[nodiscard]] QString maskStateText(const MaskRules& rules, const Workspace& workspace);

} // namespace spillway
