// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/store/statedirectory.h"

#include <QByteArray>

#include <functional>
#include <memory>
#include <stop_token>

/// How the holder of a state directory serves other processes of the same user: a local socket `socket` in that folder,
/// mode 0600. One connection is one command, in lines that end with a line feed: the server greets with a JSON object,
/// the client sends its request (`{"command":…,"arguments":{…}}`), the server answers with any number of lines, then an
/// empty line: the end. A connection that closes without the empty line was cut: what was asked may or may not have
/// been done.
namespace spillway {

constexpr qsizetype maxRequestBytes = qsizetype{16} << 20;

/// Serves from the moment it exists; needs no event loop.
class CommandServer
{
public:
    /// Sends one line (without line feed) to the client; false when the client is gone.
    using Reply = std::function<bool(QByteArray line)>;
    /// Runs in a thread per client, at most 16 at a time; others wait. `stop` is requested when the client goes or the
    /// server ends; the handler then returns soon, and lines it still sends are delivered if the client listens.
    using Handler = std::function<void(const QByteArray& request, const Reply& reply, std::stop_token stop)>;

    /// Unreachable when the socket cannot be made. `directory` outlives the server.
    [[nodiscard]] static Result<std::unique_ptr<CommandServer>> listen(const StateDirectory& directory,
                                                                       Handler handler);
    /// Takes no new client, and waits until those that are served have their answer, or until `stop`. For a process
    /// that has done its own work while others asked it: they would not know whether theirs was done.
    void finish(const std::stop_token& stop);
    /// Requests the stop of every handler and waits for them.
    ~CommandServer();
    CommandServer(const CommandServer&) = delete;
    CommandServer& operator=(const CommandServer&) = delete;

private:
    struct Impl;
    explicit CommandServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// Asks the holder of a state directory.
class CommandClient
{
public:
    /// Sends the request and hands over the answer's lines as they come, in this thread. Blocks until the answer ends.
    /// @param request       one JSON object, without line feed, at most 16 MiB.
    /// @param answerWithin  how long the holder may take to greet; the answer itself may take as long as it needs.
    /// @return  success: answered to the end. Unreachable: nobody serves there, or nobody greeted in time (the holder
    ///          is named); nothing was asked, so it may be tried again. TimedOut: it went away in the middle, and may
    ///          or may not have done what was asked. Cancelled: `stop` was requested; the handler was told, and what it
    ///          still said in the next 5 seconds has been handed over.
    [[nodiscard]] static Status call(const QString& stateFolder, const QByteArray& request,
                                     const std::function<void(const QByteArray& line)>& onLine,
                                     std::stop_token stop = {}, Millis answerWithin = Millis{5'000});
};

} // namespace spillway
