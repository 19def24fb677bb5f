// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replaytable.h"

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

QVariant timeOrInvalid(const std::optional<UtcTime>& time)
{
    return time ? QVariant(qint64{toMs(*time)}) : QVariant();
}

QStringList listOf(const std::vector<QString>& texts)
{
    return {texts.begin(), texts.end()};
}

double fractionOf(const ReplayJobRow& job)
{
    return job.messages == 0 ? 1.0 : static_cast<double>(job.sent + job.skipped) / static_cast<double>(job.messages);
}

/// The role that a column shows; its cell's value.
constexpr std::array<int, ReplayTable::ColumnCount> columnRoles{
    ReplayTable::KeyRole,       ReplayTable::StateWordRole, ReplayTable::TargetsRole,     ReplayTable::MessagesRole,
    ReplayTable::SentRole,      ReplayTable::ConfirmedRole, ReplayTable::FailedAgainRole, ReplayTable::SkippedRole,
    ReplayTable::GuaranteeRole, ReplayTable::StartedAtRole, ReplayTable::FinishedAtRole};

} // namespace

ReplayTable::ReplayTable(QObject* parent)
    : KeyedTable(parent)
{
}

int ReplayTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ReplayTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index, CheckIndexOption::ParentIsInvalid))
        return {};
    const ReplayJobRow& job = row(index.row());
    if (role == Qt::DisplayRole || role == ValueRole) {
        role = columnRoles.at(static_cast<std::size_t>(index.column()));
        if (role == TargetsRole)
            return listOf(job.targets).join(u", "_s);
    }
    switch (role) {
    case KeyRole:
        return job.jobId;
    case PlanRole:
        return job.planId;
    case ConnectionRole:
        return job.connection;
    case QueryRole:
        return job.query;
    case StateRole:
        return static_cast<int>(job.state);
    case StateWordRole:
        return jobStateWord(job.state);
    case DetailRole:
        return job.detail;
    case TargetsRole:
        return listOf(job.targets);
    case MessagesRole:
        return qint64{job.messages};
    case SentRole:
        return qint64{job.sent};
    case ConfirmedRole:
        return qint64{job.confirmed};
    case FailedAgainRole:
        return qint64{job.failedAgain};
    case SkippedRole:
        return qint64{job.skipped};
    case UnknownRole:
        return qint64{job.sent - job.confirmed - job.failedAgain};
    case FractionRole:
        return fractionOf(job);
    case GuaranteeRole:
        return job.guarantee;
    case VerifiedOnceRole:
        return job.verified ? QVariant(qint64{job.verified->once}) : QVariant();
    case MissingRole:
        return job.verified ? QVariant(qint64{job.verified->missing}) : QVariant();
    case DoubledRole:
        return job.verified ? QVariant(qint64{job.verified->doubled}) : QVariant();
    case CreatedByRole:
        return job.createdBy;
    case ReasonRole:
        return job.reason ? QVariant(*job.reason) : QVariant();
    case CreatedAtRole:
        return qint64{toMs(job.createdAt)};
    case StartedAtRole:
        return timeOrInvalid(job.startedAt);
    case FinishedAtRole:
        return timeOrInvalid(job.finishedAt);
    default:
        return {};
    }
}

QVariant ReplayTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    // Identifiers, for export and for the view to name in the reader's language.
    static const std::array<QString, ColumnCount> names{u"jobId"_s,     u"state"_s,     u"targets"_s,     u"messages"_s,
                                                        u"sent"_s,      u"confirmed"_s, u"failedAgain"_s, u"skipped"_s,
                                                        u"guarantee"_s, u"startedAt"_s, u"finishedAt"_s};
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= ColumnCount)
        return {};
    return names.at(static_cast<std::size_t>(section));
}

QHash<int, QByteArray> ReplayTable::roleNames() const
{
    return {{ValueRole, "value"},
            {KeyRole, "key"},
            {PlanRole, "plan"},
            {ConnectionRole, "connection"},
            {QueryRole, "query"},
            {StateRole, "state"},
            {StateWordRole, "stateWord"},
            {DetailRole, "detail"},
            {TargetsRole, "targets"},
            {MessagesRole, "messages"},
            {SentRole, "sent"},
            {ConfirmedRole, "confirmed"},
            {FailedAgainRole, "failedAgain"},
            {SkippedRole, "skipped"},
            {UnknownRole, "unknown"},
            {FractionRole, "fraction"},
            {GuaranteeRole, "guarantee"},
            {VerifiedOnceRole, "verifiedOnce"},
            {MissingRole, "missing"},
            {DoubledRole, "doubled"},
            {CreatedByRole, "createdBy"},
            {ReasonRole, "reason"},
            {CreatedAtRole, "createdAtMs"},
            {StartedAtRole, "startedAtMs"},
            {FinishedAtRole, "finishedAtMs"}};
}

} // namespace spillway
