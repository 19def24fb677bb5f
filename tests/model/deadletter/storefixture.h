// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "letters.h"
#include "model/deadletter/deadletterintake.h"
#include "model/store/storewriter.h"

#include <QTemporaryDir>

namespace spillway::test {

/// A store in a temporary folder, filled with letters as the intake would fill it.
class StoreFixture
{
public:
    StoreFixture()
        : m_store(
              std::move(*StoreWriter::open(file(), Database::Access::Writer, QStringLiteral(":/migrations/samples"))))
    {
    }

    [[nodiscard]] QString folder() const { return m_folder.path(); }
    [[nodiscard]] QString file() const { return m_folder.filePath(QStringLiteral("samples.sqlite")); }
    [[nodiscard]] StoreWriter& store() { return *m_store; }
    [[nodiscard]] Database reader() { return std::move(*Database::open(file(), Database::Access::Reader)); }

    /// @return how many were new.
    std::int64_t add(const std::vector<PreparedLetter>& letters, UtcTime seenAt = utcFromMs(letterMs))
    {
        std::int64_t added = -1;
        (void)m_store->write([&](Database& database) -> Status {
            const auto stored =
                storeLetters(database, QStringLiteral("cluster-1"), QStringLiteral("orders"), letters, seenAt);
            if (!stored)
                return tl::unexpected<Error>(stored.error());
            added = stored->added;
            return {};
        });
        return added;
    }

    static QString idOf(const PreparedLetter& letter)
    {
        return letterId(QStringLiteral("cluster-1"), letter.record.at, letter.record.offset, letter.digest);
    }

    /// A letter that failed `hoursAgo` before `letterMs`.
    static PreparedLetter prepared(int number, const QString& errorClass, const QString& consumer, int hoursAgo = 0)
    {
        PreparedLetter letter;
        letter.record = test::letter({{"n", QByteArray::number(number)}});
        letter.record.offset = Offset{number};
        letter.record.key = "order-" + QByteArray::number(number);
        letter.digest = recordDigest(letter.record);
        letter.facts.dialect = QStringLiteral("spring-dlpr");
        letter.facts.errorClass = errorClass;
        letter.facts.errorMessage = QStringLiteral("message %1").arg(number);
        letter.facts.deadLetteredAt = utcFromMs(letterMs - hoursAgo * 3'600'000LL);
        letter.owner = {consumer, QStringLiteral("order.created"), QStringLiteral("team-of-") + consumer};
        letter.kind = FailureKind::Transient;
        return letter;
    }

private:
    QTemporaryDir m_folder;
    std::unique_ptr<StoreWriter> m_store;
};

} // namespace spillway::test
