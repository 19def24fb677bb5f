// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/kindrules.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::Literals::StringLiterals;

/// Outside the namespace, as the macro wants it: a static library's resources are dropped unless somebody names them.
static void initKindResources()
{
    Q_INIT_RESOURCE(dialects);
}

namespace spillway {

namespace {

/// Messages are matched by their beginning: a rule needs no more, and a hostile one gets no more.
constexpr qsizetype longestMatched = 4096;

bool fits(const QRegularExpression& expression, const std::optional<QString>& text)
{
    return text && expression.match(QStringView(*text).first(std::min(text->size(), longestMatched))).hasMatch();
}

} // namespace

Result<KindRules> KindRules::bundled()
{
    initKindResources();
    QFile file(u":/kinds.json"_s);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorCode::Internal, u"kinds.json is not compiled in"_s);
    return read(file.readAll(), u"kinds.json"_s);
}

Result<KindRules> KindRules::read(const QByteArray& json, const QString& name)
{
    QJsonParseError fault;
    const QJsonDocument document = QJsonDocument::fromJson(json, &fault);
    if (!document.isArray())
        return fail(ErrorCode::InvalidConfig,
                    u"%1: no JSON list: %2 at byte %3"_s.arg(name, fault.errorString()).arg(fault.offset));
    KindRules rules;
    int number = 0;
    for (const QJsonValue& value : document.array()) {
        ++number;
        const QJsonObject object = value.toObject();
        const auto wrong = [&](const QString& what) {
            return fail(ErrorCode::InvalidConfig, u"%1: rule %2: %3"_s.arg(name).arg(number).arg(what));
        };
        KindRule rule;
        const auto kind = failureKindFromWord(object.value(u"kind"_s).toString());
        if (!kind)
            return wrong(u"\"kind\" is one of transient, schema, business, unknown"_s);
        rule.kind = *kind;
        rule.reason = object.value(u"reason"_s).toString();
        if (rule.reason.isEmpty())
            return wrong(u"\"reason\" says in words why"_s);
        for (const QString& key : object.keys()) {
            if (key == u"kind" || key == u"reason")
                continue;
            if (key == u"dialects") {
                for (const QJsonValue& dialect : object.value(key).toArray())
                    rule.dialects += dialect.toString();
                continue;
            }
            if (key != u"class" && key != u"message" && key != u"stage")
                return wrong(u"unknown key \"%1\"; known are kind, reason, class, message, stage, dialects"_s.arg(key));
            QRegularExpression expression(object.value(key).toString());
            if (!expression.isValid() || expression.pattern().isEmpty())
                return wrong(u"\"%1\" is no regular expression: %2"_s.arg(key, expression.errorString()));
            expression.optimize();
            (key == u"class" ? rule.className : key == u"message" ? rule.message : rule.stage) = expression;
        }
        if (!rule.className && !rule.message && !rule.stage)
            return wrong(u"one of \"class\", \"message\", \"stage\" says what it fits"_s);
        rules.m_rules.push_back(std::move(rule));
    }
    return rules;
}

KindVerdict KindRules::verdict(const LetterFacts& facts) const
{
    for (const KindRule& rule : m_rules) {
        if (!rule.dialects.isEmpty() && !rule.dialects.contains(facts.dialect))
            continue;
        if (rule.className && !fits(*rule.className, facts.errorClass) && !fits(*rule.className, facts.rootCauseClass))
            continue;
        if (rule.message && !fits(*rule.message, facts.errorMessage))
            continue;
        if (rule.stage && !fits(*rule.stage, facts.stage))
            continue;
        return {rule.kind, rule.reason};
    }
    return {};
}

} // namespace spillway
