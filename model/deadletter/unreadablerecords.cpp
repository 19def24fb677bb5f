// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/unreadablerecords.h"

#include "model/base/text.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Without separators: for a shell.
QString offsetsOf(const PassedOver& records)
{
    return records.atMost() == 1 ? u"offset %1"_s.arg(records.from.value)
                                 : u"offsets %1 to %2"_s.arg(records.from.value).arg(records.to.value - 1);
}

} // namespace

QString unreadablePlace(const PassedOver& records)
{
    return u"partition %1, %2"_s.arg(records.at.partition).arg(offsetsOf(records));
}

QString unreadableCommand(const QString& bootstrap, const PassedOver& records)
{
    return u"kafka-console-consumer --bootstrap-server %1 --topic %2 --partition %3 --offset %4 --max-messages %5"_s
        .arg(bootstrap.isEmpty() ? u"BROKER:9092"_s : bootstrap, records.at.topic)
        .arg(records.at.partition)
        .arg(records.from.value)
        .arg(records.atMost());
}

QString unreadableText(const QString& connection, const PassedOver& records)
{
    const bool isOne = records.atMost() == 1;
    return u"%1: %2 of %3 [%4], %5, cannot be decoded: the batch is damaged, or unpacks to more than Spillway takes; "
           "what stands behind it was read. Read it with a Java client while the broker has it: `%6`"_s
               .arg(visibleText(connection),
                    isOne ? u"a record"_s : u"up to %1 records"_s.arg(formatCount(records.atMost())),
                    visibleText(records.at.topic))
               .arg(records.at.partition)
               .arg(offsetsOf(records), unreadableCommand({}, records));
}

} // namespace spillway
