// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/schemanotices.h"

#include "model/base/text.h"

#include <QDateTime>

#include <algorithm>
#include <tuple>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QDate dayOf(UtcTime time)
{
    return QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count(), Qt::UTC).date();
}

/// iCalendar's TEXT, and lines of at most 75 bytes.
QByteArray calendarLine(const QByteArray& name, QString text)
{
    text.replace(u'\\', u"\\\\"_s).replace(u';', u"\\;"_s).replace(u',', u"\\,"_s).replace(u'\n', u"\\n"_s);
    QByteArray line = name + ':' + visibleText(text).toUtf8();
    QByteArray folded;
    while (line.size() > 73) {
        qsizetype cut = 73;
        while (cut > 1 && (static_cast<unsigned char>(line[cut]) & 0xC0U) == 0x80U)
            --cut; // not within a character
        folded += line.first(cut) + "\r\n ";
        line.remove(0, cut);
    }
    return folded + line + "\r\n";
}

QString summaryOf(const SchemaNotice& notice, const QString& name)
{
    switch (notice.state) {
    case NoticeState::NotTold:
        return u"%1 may come from today, if its consumers are told at once"_s.arg(name);
    case NoticeState::Waiting:
    case NoticeState::Ready:
    case NoticeState::Due:
        return u"%1 may come from today"_s.arg(name);
    case NoticeState::Overdue:
        return u"Overdue: %1; %2 not acknowledged"_s.arg(name).arg(notice.missing);
    }
    return {};
}

} // namespace

QString noticeStateWord(NoticeState state)
{
    switch (state) {
    case NoticeState::NotTold:
        return u"notTold"_s;
    case NoticeState::Waiting:
        return u"waiting"_s;
    case NoticeState::Ready:
        return u"ready"_s;
    case NoticeState::Overdue:
        return u"overdue"_s;
    case NoticeState::Due:
        return u"due"_s;
    }
    return {};
}

QString schemaOccasion(const QString& eventType, int version)
{
    return u"schema %1 v%2"_s.arg(eventType).arg(version);
}

ToldTimes toldTimesOf(const std::vector<Notification>& notifications)
{
    ToldTimes told;
    for (const Notification& one : notifications) {
        if (one.state != NotifyState::Delivered)
            continue;
        const UtcTime at = one.settledAt.value_or(one.queuedAt);
        const auto [known, isNew] = told.emplace(std::pair(one.message.occasion, one.message.team), at);
        if (!isNew)
            known->second = std::min(known->second, at);
    }
    return told;
}

std::optional<SchemaNotice> noticeOf(const EventImpact& impact, const ToldTimes& told, QDate today)
{
    if (!impact.noticeDays)
        return std::nullopt;
    SchemaNotice notice{.impact = impact, .state = NoticeState::NotTold, .toldAt = {}, .day = {}, .missing = 0};
    const QString occasion = schemaOccasion(impact.eventType, impact.to);
    bool breaksSomebody = false;
    bool areAllTold = true;
    for (const ConsumerImpact& consumer : impact.consumers) {
        if (!consumer.isBroken)
            continue;
        breaksSomebody = true;
        notice.missing += consumer.acknowledgedAt ? 0 : 1;
        const auto at = told.find({occasion, consumer.team});
        if (at == told.end())
            areAllTold = false;
        else
            notice.toldAt = std::max(notice.toldAt.value_or(at->second), at->second);
    }
    if (!breaksSomebody)
        return std::nullopt;
    if (!areAllTold)
        notice.toldAt.reset();
    notice.day = (notice.toldAt ? dayOf(*notice.toldAt) : today).addDays(*impact.noticeDays);
    const bool hasCome = notice.toldAt && notice.day <= today;
    if (hasCome)
        notice.state = notice.missing > 0 ? NoticeState::Overdue : NoticeState::Due;
    else if (notice.missing == 0)
        notice.state = NoticeState::Ready;
    else
        notice.state = notice.toldAt ? NoticeState::Waiting : NoticeState::NotTold;
    return notice;
}

std::vector<SchemaNotice> noticesOf(const std::vector<EventImpact>& impact, const ToldTimes& told, QDate today)
{
    std::vector<SchemaNotice> notices;
    for (const EventImpact& one : impact) {
        if (auto notice = noticeOf(one, told, today))
            notices.push_back(std::move(*notice));
    }
    const auto rank = [](const SchemaNotice& notice) {
        return std::tuple(notice.state != NoticeState::Overdue, notice.day, notice.impact.eventType, notice.impact.to);
    };
    std::stable_sort(notices.begin(), notices.end(),
                     [&](const SchemaNotice& a, const SchemaNotice& b) { return rank(a) < rank(b); });
    return notices;
}

QByteArray noticesAsCalendar(const std::vector<SchemaNotice>& notices, QDate today)
{
    QByteArray out = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Spillway//schema impact//EN\r\n";
    for (const SchemaNotice& notice : notices) {
        const EventImpact& impact = notice.impact;
        QStringList teams;
        QStringList missing;
        for (const ConsumerImpact& consumer : impact.consumers) {
            if (consumer.isBroken && !teams.contains(consumer.team))
                teams.append(consumer.team);
            if (consumer.isBroken && !consumer.acknowledgedAt)
                missing.append(consumer.service);
        }
        const QString name = u"%1 v%2 to v%3"_s.arg(impact.eventType).arg(impact.from).arg(impact.to);
        QString description = u"%1 days' notice for %2"_s.arg(*impact.noticeDays).arg(teams.join(u", "));
        if (!missing.isEmpty())
            description += u"\nNot acknowledged: %1"_s.arg(missing.join(u", "));
        out += "BEGIN:VEVENT\r\n";
        out += calendarLine("UID", name.simplified().replace(u' ', u'-') + u"@spillway"_s);
        out += "DTSTAMP:" + today.toString(u"yyyyMMdd"_s).toLatin1() + "T000000Z\r\n";
        out += "DTSTART;VALUE=DATE:" + notice.day.toString(u"yyyyMMdd"_s).toLatin1() + "\r\n";
        out += calendarLine("SUMMARY", summaryOf(notice, name));
        out += calendarLine("DESCRIPTION", description);
        out += "END:VEVENT\r\n";
    }
    return out + "END:VCALENDAR\r\n";
}

} // namespace spillway
