// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/letterpurge.h"
#include "model/deadletter/letterstore.h"
#include "model/deadletter/triage.h"
#include "model/deadletter/triagedecisions.h"
#include "model/ledger/ledger.h"
#include "model/store/storewriter.h"
#include "tests/model/deadletter/letters.h"

#include <QDir>
#include <QFile>

#include <map>

namespace spillway::test {

/// A state folder as a process that holds it works in it: letters come, people decide.
class CareBench
{
public:
    explicit CareBench(const QString& folder)
        : m_folder(folder)
    {
        auto store = StoreWriter::open(samplesFile(), Database::Access::Writer, QStringLiteral(":/migrations/samples"));
        auto ledger = Ledger::open(ledgerFile(), m_clock);
        if (!store || !ledger)
            qFatal("%s", qPrintable(store ? ledger.error().detail : store.error().detail));
        m_store = std::move(*store);
        m_ledger = std::move(*ledger);
        if (!catchUpTriage(*m_ledger, *m_store) || !catchUpPurges(*m_ledger, *m_store))
            qFatal("the ledger cannot be applied");
    }

    [[nodiscard]] const QString& folder() const { return m_folder; }
    [[nodiscard]] QString samplesFile() const { return m_folder + QStringLiteral("/samples.sqlite"); }
    [[nodiscard]] QString ledgerFile() const { return m_folder + QStringLiteral("/ledger.sqlite"); }
    [[nodiscard]] StoreWriter& store() { return *m_store; }
    [[nodiscard]] Ledger& ledger() { return *m_ledger; }

    static PreparedLetter letter(int number, qsizetype payloadBytes = 300)
    {
        PreparedLetter letter;
        letter.record = test::letter({{"n", QByteArray::number(number)}});
        letter.record.offset = Offset{number};
        letter.record.key = "order-" + QByteArray::number(number);
        letter.record.value = "payload-" + QByteArray::number(number) + '-' + QByteArray(payloadBytes, 'p');
        letter.digest = recordDigest(letter.record);
        letter.facts.dialect = QStringLiteral("spring-dlpr");
        letter.facts.errorClass = QStringLiteral("com.acme.E%1").arg(number % 4);
        letter.facts.errorMessage = QStringLiteral("message %1").arg(number);
        letter.facts.deadLetteredAt = utcFromMs(letterMs + number);
        letter.owner = {QStringLiteral("billing"), QStringLiteral("order.created"), QStringLiteral("team")};
        letter.kind = FailureKind::Transient;
        return letter;
    }
    static QString idOf(const PreparedLetter& letter)
    {
        return letterId(QStringLiteral("cluster-1"), letter.record.at, letter.record.offset, letter.digest);
    }

    [[nodiscard]] Status add(int first, int count, qsizetype payloadBytes = 300)
    {
        return m_store->write([&](Database& database) -> Status {
            std::vector<PreparedLetter> letters;
            for (int i = first; i < first + count; ++i) {
                letters.push_back(letter(i, payloadBytes));
                m_ids[i] = idOf(letters.back());
            }
            const auto stored = storeLetters(database, QStringLiteral("cluster-1"), QStringLiteral("orders"), letters,
                                             utcFromMs(letterMs));
            return stored ? Status() : tl::unexpected<Error>(stored.error());
        });
    }
    [[nodiscard]] Status decide(int number, TriageState to)
    {
        const TriagePlan plan{.request = {to, QStringLiteral("a test"), std::nullopt},
                              .letterIds = {m_ids.contains(number) ? m_ids[number] : idOf(letter(number))},
                              .unchanged = 0,
                              .refused = {}};
        const auto decided = decideTriage(*m_ledger, *m_store, plan, QStringLiteral("anna"));
        return decided ? Status() : tl::unexpected<Error>(decided.error());
    }

private:
    QString m_folder;
    SystemClock m_clock;
    std::unique_ptr<StoreWriter> m_store;
    std::unique_ptr<Ledger> m_ledger;
    std::map<int, QString> m_ids; // of letters that came while this was open
};

inline std::int64_t number(Database& reader, const char* sql)
{
    return reader.query<std::int64_t>([sql](SQLite::Database& db) { return db.execAndGet(sql).getInt64(); })
        .value_or(-1);
}

template<typename T>
QString whyNot(const Result<T>& result)
{
    return result ? QString() : result.error().detail;
}

} // namespace spillway::test
