// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/kindwords.h"

#include "model/base/text.h"
#include "views/deadletters/letterwords.h"
#include "views/widgets/textcolumn.h"

#include <QCoreApplication>

namespace spillway::views {
using namespace Qt::Literals::StringLiterals;

namespace {

QString translated(const char* text)
{
    return QCoreApplication::translate("KindRules", text);
}

QString ruleText(const QString& name)
{
    return name.isEmpty() ? translated("no rule fits") : visibleText(name);
}

/// Under a head that says that it is a kind.
QString kindCell(FailureKind kind)
{
    return kind == FailureKind::Unknown ? translated("unknown") : kindText(kind);
}

ColumnSpec numberColumn(int column, const QString& title, int width, std::function<qint64(const QModelIndex&)> number)
{
    ColumnSpec spec{.column = column, .title = title, .align = CellAlign::Number, .width = width};
    spec.text = [number](const QModelIndex& index) { return formatCount(number(index)); };
    spec.sortKey = [number](const QModelIndex& index) { return QVariant(number(index)); };
    return spec;
}

} // namespace

QString letterSumText(const LetterSum& sum)
{
    return sum.groups == 1 ? translated("%1 in 1 group").arg(lettersText(sum.letters))
                           : translated("%1 in %2 groups").arg(lettersText(sum.letters), formatCount(sum.groups));
}

QString kindTrialText(const KindTrial& trial)
{
    if (trial.all.letters == 0)
        return translated("No dead letter is stored that rules could be tried on.");
    if (!trial.isTrial)
        return translated("These rules are in use: they sort %1.").arg(letterSumText(trial.all));
    QStringList parts;
    parts += trial.changed.letters == 0 ? translated("No letter would change its kind.")
                                        : translated("%1 would change their kind.").arg(letterSumText(trial.changed));
    if (trial.heldByPerson.letters > 0)
        parts += translated("A person's decision keeps %1 as they are.").arg(letterSumText(trial.heldByPerson));
    if (trial.heldByReplays.letters > 0)
        parts += translated("How replays ended keeps %1 as they are.").arg(letterSumText(trial.heldByReplays));
    return parts.join(u' ');
}

CellMark kindShareMark(const KindShare& share, bool isTrial)
{
    if (share.isChanged())
        return {Tone::Warning, translated("changes")};
    if (share.isHeld())
        return {Tone::Unknown, share.isHeldByPerson() ? translated("held by a person") : translated("held by replays")};
    return {Tone::Neutral, isTrial ? translated("stays") : translated("by the rule")};
}

QString kindShareKey(const KindShare& share)
{
    return QStringList{share.group, share.verdict.rule, share.trial.rule, failureKindWord(share.kind)}.join(u'\n');
}

std::vector<ColumnSpec> kindShareColumnSpecs(const KindShareTable& table, const std::function<bool()>& isTrial)
{
    const auto row = [&table](const QModelIndex& index) -> const KindShare& { return table.at(index); };
    ColumnSpec title = textColumn(0, translated("Group"), 220,
                                  [row](const QModelIndex& index) { return visibleText(row(index).title); });
    title.stretches = true;
    title.isCutAtEnd = true;
    ColumnSpec rule = textColumn(4, translated("By the rule"), 170,
                                 [row](const QModelIndex& index) { return ruleText(row(index).trial.rule); });
    rule.isCutAtEnd = true;
    ColumnSpec state = textColumn(5, translated("State"), 126);
    state.mark = [row, isTrial](const QModelIndex& index) {
        return std::optional(kindShareMark(row(index), isTrial()));
    };
    return {
        title,
        numberColumn(1, translated("Letters"), 76,
                     [row](const QModelIndex& index) { return qint64{row(index).letters}; }),
        textColumn(2, translated("Now"), 84, [row](const QModelIndex& index) { return kindCell(row(index).before()); }),
        textColumn(3, translated("Then"), 84, [row](const QModelIndex& index) { return kindCell(row(index).after()); }),
        rule,
        state};
}

std::vector<ColumnSpec> kindRuleColumnSpecs(const KindRuleTable& table, const std::function<QString()>& file)
{
    const auto row = [&table](const QModelIndex& index) -> const KindRuleRow& { return table.at(index); };
    ColumnSpec name = textColumn(1, translated("Rule"), 220,
                                 [row](const QModelIndex& index) { return ruleText(row(index).use.name); });
    name.stretches = true;
    name.isCutAtEnd = true;
    name.secondary = [row](const QModelIndex& index) {
        const KindRuleUse& use = row(index).use;
        return use.name == use.reason ? QString() : visibleText(use.reason);
    };
    ColumnSpec where = textColumn(3, translated("Stands in"), 130, [row, file](const QModelIndex& index) {
        const KindRuleUse& use = row(index).use;
        if (use.isUsers)
            return translated("%1, line %2").arg(file()).arg(use.line);
        return use.name.isEmpty() ? QString() : translated("bundled");
    });
    where.isMuted = true;
    return {
        numberColumn(0, translated("Asked"), 56, [row](const QModelIndex& index) { return qint64{row(index).place}; }),
        name,
        textColumn(2, translated("Kind"), 84,
                   [row](const QModelIndex& index) { return kindCell(row(index).use.kind); }),
        where,
        numberColumn(4, translated("Letters"), 76,
                     [row](const QModelIndex& index) { return qint64{row(index).use.decides.letters}; }),
        numberColumn(5, translated("Groups"), 68,
                     [row](const QModelIndex& index) { return qint64{row(index).use.decides.groups}; })};
}

} // namespace spillway::views
