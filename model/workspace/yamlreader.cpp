// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/workspace/yamlreader.h"

#include "model/base/text.h"

#include <QRegularExpression>

#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString kindWord(const YamlNode& node)
{
    switch (node.kind) {
    case YamlNode::Kind::Null:
        return u"empty"_s;
    case YamlNode::Kind::Scalar:
        return u"a single value"_s;
    case YamlNode::Kind::Sequence:
        return u"a list"_s;
    case YamlNode::Kind::Map:
        return u"a map of keys"_s;
    }
    return {};
}

/// True for a scalar; else says that one is needed.
bool isScalar(const YamlNode& node, const QString& what, const QString& wanted, IssueList& issues)
{
    if (node.kind == YamlNode::Kind::Scalar)
        return true;
    issues.error(node, u"%1 is %2"_s.arg(what, kindWord(node)), u"write %1"_s.arg(wanted));
    return false;
}

/// A number of the core schema: decimal, 0o octal, 0x hexadecimal, float. Infinity and NaN are no amounts.
std::optional<double> coreNumber(const QString& text)
{
    static const QRegularExpression decimal(u"^[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?$"_s);
    static const QRegularExpression based(u"^0(o([0-7]{1,17})|x([0-9a-fA-F]{1,13}))$"_s);
    bool ok = false;
    if (decimal.match(text).hasMatch()) {
        const double value = text.toDouble(&ok);
        return ok && std::isfinite(value) ? std::optional(value) : std::nullopt;
    }
    const auto match = based.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const bool isOctal = !match.captured(2).isEmpty();
    const qulonglong value = isOctal ? match.captured(2).toULongLong(&ok, 8) : match.captured(3).toULongLong(&ok, 16);
    return ok ? std::optional(static_cast<double>(value)) : std::nullopt;
}

QString plainNumber(double value)
{
    return value == std::floor(value) && std::abs(value) <= 1e15 ? QString::number(static_cast<qint64>(value))
                                                                 : QString::number(value);
}

/// @param namesMost  although it is so high that nobody but one who went beyond it need know
QString rangeWord(const NumberRange& range, const QString& noun, bool namesMost = false)
{
    const QString low = u"%1 %2"_s.arg(range.isMinAllowed ? u"of at least"_s : u"above"_s, plainNumber(range.min));
    if (range.max >= 1e15 && !namesMost)
        return u"%1 %2"_s.arg(noun, low);
    return u"%1 %2 and %3 %4"_s.arg(noun, low, range.isMaxAllowed ? u"at most"_s : u"below"_s, plainNumber(range.max));
}

bool isOutside(double value, const NumberRange& range)
{
    return value < range.min || value > range.max || (!range.isMinAllowed && value == range.min) ||
           (!range.isMaxAllowed && value == range.max);
}

std::optional<double> readAny(const YamlNode& node, const QString& what, const NumberRange& range, const QString& noun,
                              IssueList& issues)
{
    const QString wanted = rangeWord(range, noun);
    if (!isScalar(node, what, wanted, issues))
        return std::nullopt;
    const auto value = coreNumber(node.text);
    if (!value) {
        issues.error(node, u"%1 is %2, which is not a number"_s.arg(what, quoted(node.text)),
                     u"write %1"_s.arg(wanted));
        return std::nullopt;
    }
    if (node.isText) {
        issues.error(node, u"%1 is text, because it stands in quotes"_s.arg(what),
                     u"write %1 without quotes"_s.arg(node.text));
        return std::nullopt;
    }
    if (isOutside(*value, range)) {
        issues.error(node, u"%1 is %2"_s.arg(what, quoted(node.text)),
                     u"write %1"_s.arg(rangeWord(range, noun, *value > range.max)));
        return std::nullopt;
    }
    static const QRegularExpression leadingZero(u"^[-+]?0[0-9]+$"_s);
    if (leadingZero.match(node.text).hasMatch())
        issues.warning(node,
                       u"%1 is %2, read as %3 because a leading zero does not mean octal in YAML 1.2"_s.arg(
                           what, quoted(node.text), plainNumber(*value)),
                       u"write %1, or 0o… if octal is meant"_s.arg(plainNumber(*value)));
    return value;
}

bool looksLikeSecret(const QString& key)
{
    static const QRegularExpression words(
        u"passw|passphrase|secret|token|credential|api[-_.]?key|private[-_.]?key|jaas"_s,
        QRegularExpression::CaseInsensitiveOption);
    return words.match(key).hasMatch();
}

bool isUsersOwn(const YamlNode::Entry& entry)
{
    const QString& key = entry.key->text;
    return entry.value->isAnchored || key.startsWith(u"x-"_s) || key.startsWith(u"x_"_s) || key.startsWith(u'_') ||
           key.startsWith(u'.');
}

} // namespace

std::optional<QString> readText(const YamlNode& node, const QString& what, IssueList& issues)
{
    if (!isScalar(node, what, u"a text"_s, issues))
        return std::nullopt;
    if (node.text.trimmed().isEmpty()) {
        issues.error(node, u"%1 is an empty text"_s.arg(what), u"write a text, or remove the key"_s);
        return std::nullopt;
    }
    return node.text;
}

std::optional<double> readNumber(const YamlNode& node, const QString& what, const NumberRange& range, IssueList& issues)
{
    return readAny(node, what, range, u"a number"_s, issues);
}

std::optional<std::int64_t> readInteger(const YamlNode& node, const QString& what, const NumberRange& range,
                                        IssueList& issues)
{
    const auto value = readAny(node, what, range, u"a whole number"_s, issues);
    if (!value)
        return std::nullopt;
    if (*value != std::floor(*value)) {
        issues.error(node, u"%1 is %2, which is not a whole number"_s.arg(what, quoted(node.text)),
                     u"write %1"_s.arg(rangeWord(range, u"a whole number"_s)));
        return std::nullopt;
    }
    return static_cast<std::int64_t>(*value); // at most 1e15: exact in a double
}

std::optional<bool> readBoolean(const YamlNode& node, const QString& what, IssueList& issues)
{
    if (!isScalar(node, what, u"true or false"_s, issues))
        return std::nullopt;
    if (!node.isText && (node.text == u"true" || node.text == u"True" || node.text == u"TRUE"))
        return true;
    if (!node.isText && (node.text == u"false" || node.text == u"False" || node.text == u"FALSE"))
        return false;
    const QString lower = node.text.toLower();
    if (!node.isText && (lower == u"yes" || lower == u"on" || lower == u"no" || lower == u"off"))
        issues.error(node, u"%1 is %2, which is a word and not a boolean in YAML 1.2"_s.arg(what, quoted(node.text)),
                     u"write %1"_s.arg(lower == u"yes" || lower == u"on" ? u"true"_s : u"false"_s));
    else
        issues.error(node, u"%1 is %2, which is not a boolean"_s.arg(what, quoted(node.text)),
                     u"write true or false"_s);
    return std::nullopt;
}

std::optional<Millis> readDuration(const YamlNode& node, const QString& what, Millis min, IssueList& issues)
{
    if (!isScalar(node, what, u"a duration like 90s or 24h"_s, issues))
        return std::nullopt;
    const auto duration = parseDuration(node.text);
    if (!duration) {
        issues.error(node, u"%1 is %2, which is not a duration"_s.arg(what, quoted(node.text)),
                     u"write a number with ms, s, m, h, d or w, like 90s or 24h"_s);
        return std::nullopt;
    }
    if (*duration < min) {
        issues.error(node, u"%1 is %2, which is too short"_s.arg(what, quoted(node.text)),
                     u"write at least %1"_s.arg(formatDuration(min)));
        return std::nullopt;
    }
    return *duration;
}

std::optional<std::int64_t> readSizeBytes(const YamlNode& node, const QString& what, IssueList& issues)
{
    if (!isScalar(node, what, u"a size like 512MiB or 20GiB"_s, issues))
        return std::nullopt;
    const auto size = parseSizeBytes(node.text);
    if (size && *size > 0)
        return *size;
    issues.error(node, u"%1 is %2, which is not a size above 0"_s.arg(what, quoted(node.text)),
                 u"write a number with B, KiB, MiB or GiB, like 20GiB"_s);
    return std::nullopt;
}

QStringList readTextList(const YamlNode& node, const QString& what, IssueList& issues)
{
    QStringList texts;
    if (node.kind == YamlNode::Kind::Scalar) {
        if (const auto text = readText(node, what, issues))
            texts += *text;
        return texts;
    }
    if (node.kind != YamlNode::Kind::Sequence) {
        issues.error(node, u"%1 is %2"_s.arg(what, kindWord(node)), u"write a list, like [one, two]"_s);
        return texts;
    }
    for (const YamlNode* item : node.items) {
        if (const auto text = readText(*item, u"an entry in %1"_s.arg(what), issues))
            texts += *text;
    }
    return texts;
}

MapReader::MapReader(const YamlNode& node, QString what, IssueList& issues)
    : m_node(node)
    , m_what(std::move(what))
    , m_issues(issues)
    , m_isMap(node.kind == YamlNode::Kind::Map)
{
    if (!m_isMap)
        m_issues.error(node, u"%1 is %2"_s.arg(m_what, kindWord(node)),
                       u"write a map of keys, one 'key: value' per line"_s);
}

QString MapReader::whatOf(QStringView key) const
{
    return u"'%1' of %2"_s.arg(key, m_what);
}

const YamlNode* MapReader::child(const QString& key)
{
    m_known += key;
    const YamlNode* value = m_isMap ? m_node.find(key) : nullptr;
    return value != nullptr && value->kind != YamlNode::Kind::Null ? value : nullptr;
}

const YamlNode* MapReader::required(const QString& key, const QString& example)
{
    const YamlNode* value = child(key);
    if (value == nullptr && m_isMap)
        m_issues.error(m_node.find(key) != nullptr ? *m_node.find(key) : m_node, u"%1 has no '%2'"_s.arg(m_what, key),
                       u"add %1"_s.arg(example));
    return value;
}

std::optional<QString> MapReader::text(const QString& key)
{
    const YamlNode* value = child(key);
    return value != nullptr ? readText(*value, whatOf(key), m_issues) : std::nullopt;
}

std::optional<QString> MapReader::requiredText(const QString& key, const QString& example)
{
    const YamlNode* value = required(key, example);
    return value != nullptr ? readText(*value, whatOf(key), m_issues) : std::nullopt;
}

std::optional<double> MapReader::number(const QString& key, const NumberRange& range)
{
    const YamlNode* value = child(key);
    return value != nullptr ? readNumber(*value, whatOf(key), range, m_issues) : std::nullopt;
}

std::optional<std::int64_t> MapReader::integer(const QString& key, const NumberRange& range)
{
    const YamlNode* value = child(key);
    return value != nullptr ? readInteger(*value, whatOf(key), range, m_issues) : std::nullopt;
}

std::optional<bool> MapReader::boolean(const QString& key)
{
    const YamlNode* value = child(key);
    return value != nullptr ? readBoolean(*value, whatOf(key), m_issues) : std::nullopt;
}

std::optional<Millis> MapReader::duration(const QString& key, Millis min)
{
    const YamlNode* value = child(key);
    return value != nullptr ? readDuration(*value, whatOf(key), min, m_issues) : std::nullopt;
}

std::optional<std::int64_t> MapReader::sizeBytes(const QString& key)
{
    const YamlNode* value = child(key);
    return value != nullptr ? readSizeBytes(*value, whatOf(key), m_issues) : std::nullopt;
}

QStringList MapReader::textList(const QString& key)
{
    const YamlNode* value = child(key);
    return value != nullptr ? readTextList(*value, whatOf(key), m_issues) : QStringList();
}

void MapReader::finish()
{
    if (!m_isMap)
        return;
    for (const YamlNode::Entry& entry : m_node.entries) {
        const QString& key = entry.key->text;
        if (m_known.contains(key) || isUsersOwn(entry))
            continue;
        if (looksLikeSecret(key) && entry.value->kind == YamlNode::Kind::Scalar) {
            m_issues.error(
                *entry.key, u"%1 has a key %2 that looks like a secret written in the open"_s.arg(m_what, quoted(key)),
                u"remove it and its value, and name the secret by reference, like password: { env: NAME }"_s);
            continue;
        }
        m_issues.warning(
            *entry.key,
            u"%1 has an unknown key %2, which is ignored%3"_s.arg(m_what, quoted(key), didYouMean(key, m_known)),
            u"correct or remove it, or begin its name with x- to keep it for yourself"_s);
    }
}

} // namespace spillway
