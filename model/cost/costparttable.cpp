// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/costparttable.h"

#include "model/base/text.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int shownDecimals = 4;

double units(Money amount)
{
    return static_cast<double>(amount.micros) / 1e6;
}

QString nameOf(const CostPart& part)
{
    switch (part.kind) {
    case CostPart::Kind::Named:
        return visibleText(part.name);
    case CostPart::Kind::Others:
        return u"no event"_s; // every named one has a row of its own here
    case CostPart::Kind::Unattributed:
        return u"unattributed"_s;
    case CostPart::Kind::Idle:
        return u"idle"_s;
    case CostPart::Kind::Adjustment:
        return u"adjustment"_s;
    }
    return {};
}

} // namespace

void CostPartTable::show(const CostBill& bill, const CostBill* previous, CostDimension dimension)
{
    constexpr auto all = std::numeric_limits<std::size_t>::max() - 1;
    CostHistory now = costHistory(bill, dimension, all);
    std::map<std::pair<CostPart::Kind, QString>, Money> before;
    if (previous) {
        for (const CostPart& part : costHistory(*previous, dimension, all).parts)
            before[{part.kind, part.name}] = part.total;
    }
    beginResetModel();
    m_rows.clear();
    m_total = now.total;
    for (CostPart& part : now.parts) {
        std::optional<Money> was;
        if (previous) {
            const auto found = before.find({part.kind, part.name});
            was = found == before.end() ? Money{} : found->second;
            if (found != before.end())
                before.erase(found);
        }
        m_rows.push_back({.part = std::move(part), .previous = was});
    }
    // What cost something before and nothing now is a change as well.
    for (const auto& [key, amount] : before)
        m_rows.push_back(
            {.part = {.kind = key.first, .name = key.second, .total = {}, .byDay = {}}, .previous = amount});
    endResetModel();
}

int CostPartTable::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int CostPartTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CostPartTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= ColumnCount)
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    if (role == KindRole)
        return static_cast<int>(row.part.kind);
    if (index.column() == Name)
        return role == Qt::DisplayRole || role == ValueRole ? QVariant(nameOf(row.part)) : QVariant();
    if (index.column() == Share) {
        const double share = m_total.micros > 0 ? units(row.part.total) / units(m_total) : 0;
        if (m_total.micros <= 0)
            return {};
        return role == ValueRole         ? QVariant(share)
               : role == Qt::DisplayRole ? QVariant(QString::number(100 * share, 'f', 1) + u" %"_s)
                                         : QVariant();
    }
    std::optional<Money> amount = row.part.total;
    if (index.column() == Previous)
        amount = row.previous;
    if (index.column() == Change)
        amount = row.previous ? std::optional(Money{row.part.total.micros - row.previous->micros}) : std::nullopt;
    if (!amount)
        return {};
    if (role == MicrosRole)
        return QVariant(static_cast<qint64>(amount->micros));
    if (role == ValueRole)
        return units(*amount);
    return role == Qt::DisplayRole ? QVariant(formatMoney(*amount, shownDecimals)) : QVariant();
}

QVariant CostPartTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    static const QStringList names{u"name"_s, u"amount"_s, u"previous"_s, u"change"_s, u"share"_s};
    return orientation == Qt::Horizontal && role == Qt::DisplayRole ? QVariant(names.value(section)) : QVariant();
}

void CostLineTable::show(const CostBill& bill, CostDimension dimension, const CostPart& part)
{
    beginResetModel();
    m_lines.clear();
    std::map<std::tuple<QString, QString, QString, int, int, int>, std::size_t> places;
    for (const CostLine& line : bill.lines) {
        const auto [kind, name] = costPartOf(line, dimension);
        if (kind != part.kind || name != part.name || line.amount.micros == 0)
            continue;
        const auto [place, isNew] =
            places.emplace(std::tuple(line.eventType, line.team, line.service, static_cast<int>(line.role),
                                      static_cast<int>(line.component), static_cast<int>(line.unit)),
                           m_lines.size());
        if (isNew) {
            m_lines.push_back(line);
            continue;
        }
        CostLine& known = m_lines[place->second];
        known.quantity.nanos += line.quantity.nanos;
        known.amount += line.amount;
        known.basis = std::max(known.basis, line.basis);
    }
    std::stable_sort(m_lines.begin(), m_lines.end(),
                     [](const CostLine& a, const CostLine& b) { return a.amount > b.amount; });
    endResetModel();
}

void CostLineTable::clear()
{
    beginResetModel();
    m_lines.clear();
    endResetModel();
}

int CostLineTable::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

int CostLineTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CostLineTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= ColumnCount)
        return {};
    const CostLine& line = m_lines[static_cast<std::size_t>(index.row())];
    if (index.column() == Amount && role == MicrosRole)
        return QVariant(static_cast<qint64>(line.amount.micros));
    if (role != Qt::DisplayRole && role != ValueRole)
        return {};
    switch (static_cast<Column>(index.column())) {
    case Event:
        return visibleText(line.eventType);
    case Team:
        return visibleText(line.team);
    case Service:
        return visibleText(line.service);
    case RoleColumn:
        return costRoleWord(line.role);
    case Component:
        return costComponentWord(line.component);
    case Quantity:
        return role == ValueRole ? QVariant(static_cast<double>(line.quantity.nanos) / 1e9)
                                 : QVariant(formatQuantity(line.quantity) + u' ' + priceUnitWord(line.unit));
    case Basis:
        return quantityBasisWord(line.basis);
    case Amount:
        return role == ValueRole ? QVariant(units(line.amount)) : QVariant(formatMoney(line.amount, shownDecimals));
    case ColumnCount:
        break;
    }
    return {};
}

QVariant CostLineTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    static const QStringList names{u"event"_s,     u"team"_s,     u"service"_s, u"role"_s,
                                   u"component"_s, u"quantity"_s, u"basis"_s,   u"amount"_s};
    return orientation == Qt::Horizontal && role == Qt::DisplayRole ? QVariant(names.value(section)) : QVariant();
}

} // namespace spillway
