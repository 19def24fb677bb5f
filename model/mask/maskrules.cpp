// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/mask/maskrules.h"

#include <QFileInfo>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// At any depth. Only what is clearly personal or secret wherever it stands; `name`, `id` or `status` are not.
constexpr const char* personalFields[] = {"email",
                                          "e_mail",
                                          "email_address",
                                          "mail_address",
                                          "*_email",
                                          "phone",
                                          "phone_number",
                                          "mobile",
                                          "mobile_number",
                                          "mobile_phone",
                                          "tel",
                                          "telephone",
                                          "telephone_number",
                                          "fax",
                                          "fax_number",
                                          "first_name",
                                          "last_name",
                                          "full_name",
                                          "given_name",
                                          "family_name",
                                          "surname",
                                          "maiden_name",
                                          "card_holder",
                                          "cardholder_name",
                                          "account_holder",
                                          "date_of_birth",
                                          "birth_date",
                                          "birthday",
                                          "dob",
                                          "street",
                                          "street_address",
                                          "address_line*",
                                          "home_address",
                                          "passport",
                                          "passport_number",
                                          "ssn",
                                          "social_security_number",
                                          "national_id",
                                          "tax_id",
                                          "driving_licence",
                                          "drivers_license",
                                          "iban",
                                          "bank_account",
                                          "bank_account_number",
                                          "account_number",
                                          "routing_number",
                                          "sort_code",
                                          "card",
                                          "card_number",
                                          "credit_card",
                                          "credit_card_number",
                                          "debit_card",
                                          "pan",
                                          "cvv",
                                          "cvc",
                                          "cvv2",
                                          "security_code",
                                          "ip_address"};
constexpr const char* secretFields[] = {
    "password", "passwd",     "pwd",        "passphrase",  "*_password",    "password_hash", "secret",
    "*_secret", "secret_key", "pin",        "pin_code",    "otp",           "token",         "*_token",
    "api_key",  "*_api_key",  "access_key", "private_key", "authorization", "credential",    "credentials",
    "jwt",      "session",    "session_id", "cookie",      "set_cookie",    "bearer",        "bearer_token",
    "mfa",      "mfa_code",   "totp"};
constexpr const char* secretHeaders[] = {"authorization",   "proxy-authorization",
                                         "*-authorization", "cookie",
                                         "set-cookie",      "x-api-key",
                                         "*api-key",        "*password*",
                                         "*secret*",        "*-token",
                                         "token",           "jwt",
                                         "email",           "*-email",
                                         "phone",           "*-phone",
                                         "session",         "*-session",
                                         "session-id",      "*-session-id"};

} // namespace

QString maskPatternWord(MaskPattern pattern)
{
    switch (pattern) {
    case MaskPattern::Email:
        return u"email"_s;
    case MaskPattern::Iban:
        return u"iban"_s;
    case MaskPattern::PaymentCard:
        return u"card"_s;
    case MaskPattern::Phone:
        return u"phone"_s;
    case MaskPattern::Token:
        return u"token"_s;
    case MaskPattern::Credential:
        return u"credential"_s;
    case MaskPattern::IpAddress4:
        return u"ipv4"_s;
    }
    return {};
}

QString maskPurposeWord(MaskPurpose purpose)
{
    switch (purpose) {
    case MaskPurpose::View:
        return u"view"_s;
    case MaskPurpose::Export:
        return u"export"_s;
    case MaskPurpose::Clipboard:
        return u"clipboard"_s;
    case MaskPurpose::SearchResult:
        return u"search"_s;
    case MaskPurpose::Report:
        return u"report"_s;
    }
    return {};
}

std::int64_t MaskRules::count() const
{
    return static_cast<std::int64_t>(fields.size() + headers.size() + patterns.size() + customPatterns.size());
}

MaskRules defaultMaskRules(Environment environment)
{
    MaskRules rules;
    rules.isOn = environment == Environment::Production;
    rules.isStrict = rules.isOn;
    const auto anywhere = [&rules](const char* name) {
        rules.fields.push_back(
            {{{.kind = FieldStep::Kind::AnyDepth}, {.kind = FieldStep::Kind::Name, .name = comparableName(name)}}});
    };
    for (const char* name : personalFields)
        anywhere(name);
    for (const char* name : secretFields)
        anywhere(name);
    for (const char* name : secretHeaders)
        rules.headers.push_back(comparableName(name));
    rules.patterns = {MaskPattern::Email, MaskPattern::Iban,  MaskPattern::PaymentCard,
                      MaskPattern::Phone, MaskPattern::Token, MaskPattern::Credential};
    return rules;
}

QString maskStateText(const MaskRules& rules, const Workspace& workspace)
{
    const QString from =
        workspace.maskingFile.isEmpty() ? u"built-in rules"_s : QFileInfo(workspace.maskingFile).fileName();
    if (!rules.isOn)
        return workspace.maskingFile.isEmpty()
                   ? u"off (%1; masking.yaml turns it on)"_s.arg(environmentWord(workspace.environment))
                   : u"off (%1 says enabled: false)"_s.arg(from);
    QString text = u"on, %1 rules (%2)"_s.arg(rules.count()).arg(from);
    if (rules.purposes.size() < maskPurposes.size()) {
        QStringList words;
        for (const MaskPurpose purpose : rules.purposes)
            words += maskPurposeWord(purpose);
        text += u", only for "_s + words.join(u", "_s);
    }
    return text;
}

} // namespace spillway
