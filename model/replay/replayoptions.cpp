// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayoptions.h"

#include "model/base/text.h"

#include <QRegularExpression>
#include <QStringList>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr std::int64_t microsPerPercent = 10'000;
constexpr Millis canarySettle{30'000};

} // namespace

bool StopRule::isBroken(std::int64_t failedAgain, std::int64_t sent) const
{
    if (sent <= 0)
        return false;
    // Whole numbers: a share of exactly the threshold must not depend on rounding. Counts stay far below 2^63 / 10^6.
    const std::int64_t left = failedAgain * 1'000'000;
    const std::int64_t right = thresholdMicros * sent;
    return includesThreshold ? left >= right : left > right;
}

QString StopRule::toString() const
{
    QString percent = QString::number(qlonglong{thresholdMicros} / microsPerPercent);
    if (const std::int64_t rest = thresholdMicros % microsPerPercent; rest != 0) {
        QString digits = u"%1"_s.arg(qlonglong{rest}, 4, 10, QLatin1Char('0'));
        while (digits.endsWith(u'0'))
            digits.chop(1);
        percent += u'.' + digits;
    }
    return (includesThreshold ? u"failed>=%1%"_s : u"failed>%1%"_s).arg(percent);
}

Result<StopRule> parseStopRule(QStringView text)
{
    static const QRegularExpression form(uR"(^\s*failed\s*(>=|>)\s*(\d{1,3})(?:\.(\d{1,4}))?\s*%\s*$)"_s);
    const QRegularExpressionMatch match = form.match(text.toString());
    const auto wrong = [&] {
        return fail(ErrorCode::InvalidConfig,
                    u"--stop-if '%1' is not understood; write 'failed>10%' or 'failed>=2.5%', from 0% to 100%"_s.arg(
                        visibleText(text)));
    };
    if (!match.hasMatch())
        return wrong();
    const std::int64_t fraction = match.captured(3).leftJustified(4, u'0').toLongLong();
    const std::int64_t micros =
        match.captured(2).toLongLong() * microsPerPercent + (match.hasCaptured(3) ? fraction : 0);
    if (micros > 100 * microsPerPercent)
        return wrong();
    return StopRule{match.captured(1) == u">=", micros};
}

Result<std::vector<std::int64_t>> parseCanary(QStringView text)
{
    const auto wrong = [&] {
        return fail(
            ErrorCode::InvalidConfig,
            u"--canary '%1' is not understood; write step sizes from 1 up, such as 1,10,all"_s.arg(visibleText(text)));
    };
    std::vector<std::int64_t> sizes;
    const QStringList parts = text.toString().split(u',');
    for (qsizetype i = 0; i < parts.size(); ++i) {
        const QString part = parts[i].trimmed();
        if (part == u"all") {
            if (i + 1 != parts.size())
                return wrong();
            break;
        }
        bool isNumber = false;
        const std::int64_t size = part.toLongLong(&isNumber);
        if (!isNumber || size < 1)
            return wrong();
        sizes.push_back(size);
    }
    return sizes;
}

Result<ReplayOptions> parseReplayOptions(const QString& rate, const QString& canary, const QString& settle,
                                         const QString& stopIf)
{
    ReplayOptions options;
    QStringList faults; // all are told at once
    if (!rate.isEmpty()) {
        bool isNumber = false;
        const std::int64_t number = rate.toLongLong(&isNumber);
        if (!isNumber || number < 1)
            faults +=
                u"--rate '%1' is not understood; write whole messages per second, such as 50"_s.arg(visibleText(rate));
        options.ratePerSecond = number;
    }
    if (!canary.isEmpty()) {
        Result<std::vector<std::int64_t>> sizes = parseCanary(canary);
        if (sizes)
            options.canary = std::move(*sizes);
        else
            faults += sizes.error().detail;
        options.settle = canarySettle;
    }
    if (!settle.isEmpty()) {
        const Result<Millis> duration = parseDuration(settle);
        if (duration)
            options.settle = *duration;
        else
            faults += u"--settle: "_s + duration.error().detail;
    }
    if (!stopIf.isEmpty()) {
        const Result<StopRule> rule = parseStopRule(stopIf);
        if (rule)
            options.stopIf = *rule;
        else
            faults += rule.error().detail;
    }
    if (!faults.isEmpty())
        return fail(ErrorCode::InvalidConfig, faults.join(u'\n'));
    return options;
}

std::vector<std::size_t> stepEnds(const std::vector<std::int64_t>& canary, std::size_t messages)
{
    std::vector<std::size_t> ends;
    std::size_t end = 0;
    for (const std::int64_t size : canary) {
        if (end == messages)
            break;
        end += std::min<std::size_t>(static_cast<std::size_t>(size), messages - end);
        ends.push_back(end);
    }
    if (end < messages)
        ends.push_back(messages);
    return ends;
}

} // namespace spillway
