// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterscan.h"

#include "model/base/text.h"
#include "model/deadletter/groupalias.h"
#include "model/deadletter/queryfunctions.h"
#include "model/deadletter/querysql.h"

#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t firstBlock = 256;                     // its hits are on screen while the rest is looked at
constexpr std::size_t largestBlock = 16'384;                // about 20 ms of work
constexpr std::int64_t mappedBytes = std::int64_t{1} << 40; // as much as there is; SQLite caps it

/// Candidates of the scan, newest first, and those of them that fit.
struct Block
{
    std::vector<std::int64_t> places;
    std::vector<char> fits; // by index of `places`
    std::optional<Error> failure;
    bool isDone = false;
};

/// SQLite's virtual machine asks here every so often; a stop ends even a statement that yields no row.
class StopGuard
{
public:
    StopGuard(SQLite::Database& db, std::stop_token stop)
        : m_db(db)
        , m_stop(std::move(stop))
    {
        sqlite3_progress_handler(m_db.getHandle(), 2'000, &StopGuard::isStopped, this);
    }
    ~StopGuard() { sqlite3_progress_handler(m_db.getHandle(), 0, nullptr, nullptr); }
    StopGuard(const StopGuard&) = delete;
    StopGuard& operator=(const StopGuard&) = delete;

private:
    static int isStopped(void* self) { return static_cast<StopGuard*>(self)->m_stop.stop_requested() ? 1 : 0; }

    SQLite::Database& m_db;
    std::stop_token m_stop;
};

std::string whereOf(const QuerySql& sql)
{
    return sql.condition.empty() ? std::string() : " WHERE " + sql.condition;
}

/// Asks one connection which places of a block fit.
class BlockReader
{
public:
    BlockReader(SQLite::Database& db, const ScanSql& scan)
        : m_scan(scan)
        , m_functions(db, scan.terms)
        , m_inRange(db, from() + "BETWEEN ? AND ? AND (" + scan.rest.condition + ")")
        , m_inList(db, from() + "IN (SELECT value FROM json_each(?)) AND (" + scan.rest.condition + ")")
    {
        (void)scan.rest.bind(m_inRange, 3);
        (void)scan.rest.bind(m_inList, 2);
    }

    [[nodiscard]] const std::optional<Error>& failure() const { return m_functions.failure(); }

    void read(Block& block)
    {
        block.fits.assign(block.places.size(), 0);
        // By row number the bytes lie one after the other; the order of moments is given back by index.
        m_order.clear();
        for (std::size_t i = 0; i < block.places.size(); ++i)
            m_order.emplace_back(block.places[i], i);
        std::sort(m_order.begin(), m_order.end());
        const std::int64_t span = m_order.back().first - m_order.front().first;
        const bool isDense = span < 2 * static_cast<std::int64_t>(m_order.size());
        SQLite::Statement& select = isDense ? m_inRange : m_inList;
        select.reset();
        if (isDense) {
            select.bind(1, m_order.front().first);
            select.bind(2, m_order.back().first);
        } else {
            m_list = "[";
            for (const auto& [place, i] : m_order)
                m_list += std::to_string(place) + ',';
            m_list.back() = ']';
            select.bindNoCopy(1, m_list);
        }
        auto at = m_order.begin();
        while (select.executeStep()) {
            const std::int64_t place = select.getColumn(0).getInt64();
            at = std::lower_bound(at, m_order.end(), std::pair(place, std::size_t{0}));
            if (at != m_order.end() && at->first == place)
                block.fits[at->second] = 1;
        }
    }

private:
    [[nodiscard]] std::string from() const
    {
        return m_scan.needsBody
                   ? "SELECT l.id FROM letter l CROSS JOIN letter_body b ON b.letter_ref = l.id WHERE l.id "
                   : "SELECT l.id FROM letter l WHERE l.id ";
    }

    const ScanSql& m_scan;
    QueryFunctions m_functions;
    SQLite::Statement m_inRange;
    SQLite::Statement m_inList;
    std::vector<std::pair<std::int64_t, std::size_t>> m_order; // (place, index in the block), by place
    std::string m_list;
};

/// Threads that each take the next block. Blocks are the caller's; it waits for them in the order in which it gave
/// them.
class Readers
{
public:
    Readers(QString file, const ScanSql& scan, const std::stop_token& stop)
        : m_file(std::move(file))
        , m_scan(scan)
        , m_onStop(stop, [this] { m_stop.request_stop(); })
    {
    }
    ~Readers()
    {
        m_stop.request_stop();
        {
            const std::lock_guard lock(m_mutex);
            m_isClosing = true;
        }
        m_wake.notify_all();
    } // m_threads, declared last, join first

    void give(const std::shared_ptr<Block>& block)
    {
        const std::size_t most = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
        bool isBusy = false;
        {
            const std::lock_guard lock(m_mutex);
            m_queue.push_back(block);
            isBusy = m_idle < m_queue.size();
        }
        if (isBusy && m_threads.size() < most)
            m_threads.emplace_back([this] { run(); });
        m_wake.notify_one();
    }

    void waitFor(const Block& block)
    {
        std::unique_lock lock(m_mutex);
        m_done.wait(lock, [&] { return block.isDone; });
    }

private:
    void run()
    {
        auto database = Database::open(m_file, Database::Access::Reader);
        std::optional<Error> failure;
        if (!database)
            failure = database.error();
        else if (const Status status = database->guarded([&](SQLite::Database& db) { work(*database, db); }); !status)
            failure = status.error();
        // Whoever waits gets an answer, whatever happened.
        while (const auto block = next())
            finish(*block, failure ? failure : Error{ErrorCode::Cancelled, u"the search was stopped"_s});
    }

    void work(Database& database, SQLite::Database& db)
    {
        // The scan touches each page once: mapped, they are read where the system holds them, and leave with this
        // connection.
        db.exec("PRAGMA mmap_size = " + std::to_string(mappedBytes));
        const StopGuard guard(db, m_stop.get_token());
        BlockReader reader(db, m_scan);
        while (!m_stop.stop_requested()) {
            const auto block = next();
            if (!block)
                return;
            const Status status = database.guarded([&](SQLite::Database&) { reader.read(*block); });
            std::optional<Error> failure;
            if (!status)
                failure = reader.failure().value_or(status.error());
            finish(*block, failure);
        }
    }

    std::shared_ptr<Block> next()
    {
        std::unique_lock lock(m_mutex);
        ++m_idle;
        m_wake.wait(lock, [this] { return m_isClosing || !m_queue.empty(); });
        --m_idle;
        if (m_queue.empty())
            return nullptr;
        auto block = m_queue.front();
        m_queue.pop_front();
        return block;
    }

    void finish(Block& block, std::optional<Error> failure)
    {
        {
            const std::lock_guard lock(m_mutex);
            block.failure = std::move(failure);
            block.isDone = true;
        }
        m_done.notify_all();
    }

    QString m_file;
    const ScanSql& m_scan;
    std::stop_source m_stop;
    std::stop_callback<std::function<void()>> m_onStop;

    std::mutex m_mutex; // guards: m_queue, m_idle, m_isClosing, and each block's isDone and failure
    std::condition_variable m_wake;
    std::condition_variable m_done;
    std::deque<std::shared_ptr<Block>> m_queue; // second owner: the caller, who keeps the order
    std::size_t m_idle = 0;
    bool m_isClosing = false;
    std::vector<std::jthread> m_threads;
};

/// One run: candidates come from the caller's connection in order, blocks go to the readers, hits to the receiver.
class Scan
{
public:
    /// @param isHeldBack  hits are handed over when all letters were asked: the search may still fail at the last one.
    Scan(const ScanOptions& options, const std::function<bool(std::span<const std::int64_t>)>& receive,
         const std::stop_token& stop, bool isHeldBack)
        : m_options(options)
        , m_receive(receive)
        , m_stop(stop)
        , m_isHeldBack(isHeldBack)
        , m_limit(options.limit.value_or(std::numeric_limits<std::int64_t>::max()))
        , m_startedAt(std::chrono::steady_clock::now())
    {
    }

    void run(SQLite::Database& db, const QString& file, const ScanSql& scan)
    {
        m_outcome.total = db.execAndGet("SELECT ifnull(sum(letters), 0) FROM letter_count").getInt64();
        if (m_limit <= 0) {
            m_outcome.end = QueryOutcome::End::Limit;
            return;
        }
        const StopGuard guard(db, m_stop);
        SQLite::Statement candidates(db, "SELECT l.id FROM letter l" + whereOf(scan.selection) +
                                             " ORDER BY l.moment_ms DESC, l.id DESC");
        (void)scan.selection.bind(candidates, 1);
        if (scan.rest.condition.empty())
            handOver(candidates);
        else
            search(candidates, file, scan);
        if (!m_isOver)
            m_outcome.scanned = m_outcome.total;
    }

    [[nodiscard]] const QueryOutcome& outcome() const { return m_outcome; }
    [[nodiscard]] const std::optional<Error>& failure() const { return m_failure; }
    void stopped() { end(QueryOutcome::End::Stopped); }

    /// What was held back, after `run`; of a search that was stopped only as much as is read at once.
    void handOverHeld()
    {
        if (m_failure)
            return;
        std::span<const std::int64_t> held(m_held);
        if (m_outcome.end == QueryOutcome::End::Stopped)
            held = held.first(std::min(held.size(), firstBlock));
        while (!held.empty()) {
            const auto span = held.first(std::min(held.size(), largestBlock));
            held = held.subspan(span.size());
            if (!m_receive(span))
                return end(QueryOutcome::End::Refused);
            if (m_stop.stop_requested())
                return stopped();
        }
    }

private:
    /// Every candidate fits.
    void handOver(SQLite::Statement& candidates)
    {
        for (std::size_t size = firstBlock; !m_isOver; size = std::min(4 * size, largestBlock)) {
            Block block;
            if (!fill(block, candidates, size))
                return;
            block.fits.assign(block.places.size(), 1);
            take(block);
        }
    }

    void search(SQLite::Statement& candidates, const QString& file, const ScanSql& scan)
    {
        Readers readers(file, scan, m_stop);
        std::deque<std::shared_ptr<Block>> underWay; // second owner: the readers
        std::size_t size = firstBlock;
        bool isMore = true;
        while (!m_isOver) {
            while (isMore && underWay.size() < 6) {
                auto block = std::make_shared<Block>();
                isMore = fill(*block, candidates, size);
                size = std::min(2 * size, largestBlock);
                if (!isMore)
                    break;
                underWay.push_back(block);
                readers.give(block);
            }
            if (underWay.empty())
                return;
            readers.waitFor(*underWay.front());
            take(*underWay.front());
            underWay.pop_front();
        }
    }

    /// False when there is none left.
    static bool fill(Block& block, SQLite::Statement& candidates, std::size_t size)
    {
        while (block.places.size() < size && !candidates.isDone() && candidates.executeStep())
            block.places.push_back(candidates.getColumn(0).getInt64());
        return !block.places.empty();
    }

    void take(const Block& block)
    {
        if (m_stop.stop_requested())
            return end(QueryOutcome::End::Stopped);
        if (block.failure) {
            m_failure = block.failure;
            m_isOver = true;
            return;
        }
        std::vector<std::int64_t> found;
        std::int64_t scanned = 0;
        for (std::size_t i = 0; i < block.places.size() && m_outcome.found < m_limit; ++i) {
            ++scanned;
            if (block.fits[i] == 0)
                continue;
            found.push_back(block.places[i]);
            ++m_outcome.found;
        }
        m_outcome.scanned += scanned;
        if (m_isHeldBack)
            m_held.insert(m_held.end(), found.begin(), found.end());
        else if (!found.empty() && !m_receive(found))
            return end(QueryOutcome::End::Refused);
        if (m_outcome.found >= m_limit)
            return end(QueryOutcome::End::Limit);
        if (m_stop.stop_requested())
            return end(QueryOutcome::End::Stopped);
        if (m_options.timeLimit && std::chrono::steady_clock::now() - m_startedAt >= *m_options.timeLimit)
            return end(QueryOutcome::End::TimedOut);
        if (m_options.progress)
            m_options.progress(m_outcome);
    }

    void end(QueryOutcome::End why)
    {
        m_isOver = true;
        m_outcome.end = why;
    }

    const ScanOptions& m_options;
    const std::function<bool(std::span<const std::int64_t>)>& m_receive;
    const std::stop_token& m_stop;
    bool m_isHeldBack = false;
    std::int64_t m_limit;
    std::chrono::steady_clock::time_point m_startedAt;
    QueryOutcome m_outcome;
    std::optional<Error> m_failure;
    std::vector<std::int64_t> m_held; // where isHeldBack
    bool m_isOver = false;
};

} // namespace

Result<QueryOutcome> scanLetters(Database& reader, const Query& query, const ScanOptions& options,
                                 const std::function<bool(std::span<const std::int64_t>)>& receive,
                                 std::stop_token stop)
{
    auto pointers = PointerPayloads::None;
    const auto present = reader.query<Query>([&](SQLite::Database& db) {
        if (db.execAndGet("SELECT EXISTS (SELECT 1 FROM letter_rescue)").getInt() != 0)
            pointers = PointerPayloads::Rescued;
        return withPresentGroups(db, query);
    });
    if (!present)
        return tl::unexpected<Error>(present.error());
    const ScanSql sql = compileScan(*present, options.now, pointers);
    Scan scan(options, receive, stop, std::any_of(sql.terms.begin(), sql.terms.end(), mayBeCostly));
    const Status status = reader.guarded([&](SQLite::Database& db) { scan.run(db, reader.file(), sql); });
    if (!status && status.error().code == ErrorCode::Cancelled && stop.stop_requested())
        scan.stopped();
    else if (!status)
        return tl::unexpected<Error>(status.error());
    if (const Status handed = reader.guarded([&](SQLite::Database&) { scan.handOverHeld(); }); !handed)
        return tl::unexpected<Error>(handed.error());
    if (scan.failure())
        return tl::unexpected<Error>(*scan.failure());
    return scan.outcome();
}

QString earlyEndText(const QueryOutcome& outcome)
{
    const QString looked = u"%1 found; looked at %2 of %3 dead letters, newest first, then "_s.arg(
        formatCount(outcome.found), formatCount(outcome.scanned), formatCount(outcome.total));
    switch (outcome.end) {
    case QueryOutcome::End::Exhausted:
        return {};
    case QueryOutcome::End::Limit:
        return outcome.scanned < outcome.total ? looked + u"the limit was reached"_s : QString();
    case QueryOutcome::End::Stopped:
        return looked + u"the search was stopped"_s;
    case QueryOutcome::End::Refused:
        return looked + u"no more could be written"_s;
    case QueryOutcome::End::TimedOut:
        return looked + u"the time limit passed"_s;
    }
    return {};
}

} // namespace spillway
