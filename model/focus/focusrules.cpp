// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/focus/focusrules.h"

#include <QFile>
#include <QHash>
#include <QSet>

#include <algorithm>

static void initialiseResources()
{
    Q_INIT_RESOURCE(focus);
}

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr const char* versionWords[] = {"1.0", "1.1", "1.2", "1.3", "1.4"};

/// The lines of one of our own files, without remarks.
QList<QByteArray> linesOf(const QString& name)
{
    initialiseResources();
    QFile file(u":/focus/"_s + name);
    const bool isOpen = file.open(QIODevice::ReadOnly);
    Q_ASSERT(isOpen);
    QList<QByteArray> lines;
    for (const QByteArray& line : isOpen ? file.readAll().split('\n') : QList<QByteArray>()) {
        if (!line.isEmpty() && !line.startsWith('#'))
            lines += line;
    }
    return lines;
}

QList<QByteArray> wordsOf(const QByteArray& text)
{
    QList<QByteArray> words;
    for (const QByteArray& word : text.split('|'))
        words += word == "null" ? QByteArray() : word;
    return words;
}

FocusCondition conditionOf(const QByteArray& text)
{
    const qsizetype at = text.indexOf('=');
    Q_ASSERT(at > 0);
    const bool isEqual = text[at - 1] != '!';
    FocusCondition condition{
        .column = text.first(isEqual ? at : at - 1), .isEqual = isEqual, .values = {}, .otherColumn = {}};
    const QByteArray right = text.mid(at + 1);
    if (right.startsWith('@'))
        condition.otherColumn = right.mid(1);
    else
        condition.values = wordsOf(right);
    return condition;
}

void readDemand(const QByteArray& text, FocusRule& rule)
{
    static const QHash<QByteArray, FocusDemand> plain{
        {"present", FocusDemand::Present},   {"decimal", FocusDemand::Decimal},
        {"numeric", FocusDemand::Numeric},   {"utc", FocusDemand::Utc},
        {"text", FocusDemand::Text},         {"flat-json", FocusDemand::FlatJson},
        {"json", FocusDemand::Json},         {"allocation", FocusDemand::Allocation},
        {"currency", FocusDemand::Currency}, {"unit", FocusDemand::Unit},
        {"null", FocusDemand::Null},         {"not-null", FocusDemand::NotNull},
        {">=0", FocusDemand::NotNegative},   {"subcategory", FocusDemand::Subcategory},
        {"belongs", FocusDemand::Belongs},
    };
    const auto found = plain.constFind(text);
    if (found != plain.constEnd()) {
        rule.demand = *found;
    } else if (text.startsWith("!=")) {
        rule.demand = FocusDemand::NoneOf;
        rule.words = wordsOf(text.mid(2));
    } else if (text.startsWith("after ") || text.startsWith("one ")) {
        rule.demand = text.startsWith("one ") ? FocusDemand::OneEach : FocusDemand::After;
        rule.words = {text.mid(text.indexOf(' ') + 1)};
    } else if (text.contains('*')) {
        rule.demand = FocusDemand::Product;
        rule.words = text.mid(1).split('*');
    } else {
        Q_ASSERT(text.startsWith('='));
        rule.demand = FocusDemand::OneOf;
        rule.words = wordsOf(text.mid(1));
    }
}

FocusVersion versionAt(const QByteArray& word, FocusVersion otherwise)
{
    return focusVersionOf(QString::fromLatin1(word)).value_or(otherwise);
}

FocusRule ruleOf(const QByteArray& line)
{
    const QList<QByteArray> cells = line.split('\t');
    Q_ASSERT(cells.size() == 6);
    FocusRule rule;
    rule.id = QString::fromLatin1(cells[0]);
    if (cells[1] != "-")
        rule.severity = cells[1] == "error"     ? FindingSeverity::Error
                        : cells[1] == "warning" ? FindingSeverity::Warning
                                                : FindingSeverity::Note;
    const QList<QByteArray> versions = cells[2].split('-');
    rule.first = versionAt(versions.value(0), FocusVersion::V1_0);
    rule.last = versionAt(versions.value(1), FocusVersion::V1_4);
    rule.column = cells[3];
    readDemand(cells[4], rule);
    if (rule.demand == FocusDemand::Present)
        rule.level = QString::fromLatin1(cells[5]);
    else if (!cells[5].isEmpty()) {
        for (const QByteArray& condition : cells[5].split('&'))
            rule.conditions.push_back(conditionOf(condition.trimmed()));
    }
    return rule;
}

} // namespace

QString focusVersionWord(FocusVersion version)
{
    return QString::fromLatin1(versionWords[static_cast<std::size_t>(version)]);
}

std::optional<FocusVersion> focusVersionOf(QStringView word)
{
    for (int i = 0; i < static_cast<int>(std::size(versionWords)); ++i) {
        if (word == QLatin1StringView(versionWords[i]))
            return static_cast<FocusVersion>(i);
    }
    return std::nullopt;
}

QString findingSeverityWord(FindingSeverity severity)
{
    switch (severity) {
    case FindingSeverity::Note:
        return u"note"_s;
    case FindingSeverity::Warning:
        return u"warning"_s;
    case FindingSeverity::Error:
        return u"error"_s;
    }
    return {};
}

const std::vector<FocusRule>& focusRules()
{
    static const std::vector<FocusRule> rules = [] {
        std::vector<FocusRule> all;
        for (const QByteArray& line : linesOf(u"rules.tsv"_s))
            all.push_back(ruleOf(line));
        return all;
    }();
    return rules;
}

const FocusRule* focusColumn(QByteArrayView column)
{
    const std::vector<FocusRule>& rules = focusRules();
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const FocusRule& rule) {
        return rule.demand == FocusDemand::Present && rule.column == column;
    });
    return found == rules.end() ? nullptr : &*found;
}

bool isIso4217(QByteArrayView code)
{
    static const QSet<QByteArray> codes = [] {
        QSet<QByteArray> all;
        for (const QByteArray& line : linesOf(u"currencies.txt"_s)) {
            for (const QByteArray& one : line.split(' '))
                all += one;
        }
        return all;
    }();
    return code.size() == 3 && codes.contains(code.toByteArray());
}

QByteArray serviceCategoryOf(const QByteArray& subcategory)
{
    static const QHash<QByteArray, QByteArray> categories = [] {
        QHash<QByteArray, QByteArray> all;
        for (const QByteArray& line : linesOf(u"services.tsv"_s))
            all.insert(line.mid(line.indexOf('\t') + 1), line.first(line.indexOf('\t')));
        return all;
    }();
    return categories.value(subcategory);
}

QString conditionText(const FocusRule& rule)
{
    QStringList all;
    for (const FocusCondition& condition : rule.conditions) {
        QStringList values;
        for (const QByteArray& value : condition.values)
            values += value.isNull() ? u"null"_s : QString::fromLatin1(value);
        if (!condition.otherColumn.isEmpty())
            values = {QString::fromLatin1(condition.otherColumn)};
        all += u"%1 is %2%3"_s.arg(QString::fromLatin1(condition.column), condition.isEqual ? QString() : u"not "_s,
                                   values.join(condition.isEqual ? u" or "_s : u" nor "_s));
    }
    return all.isEmpty() ? QString() : u"where "_s + all.join(u" and "_s);
}

} // namespace spillway
