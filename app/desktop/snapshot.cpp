// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/snapshot.h"

#include "app/desktop/panelpictures.h"
#include "app/desktop/patience.h"

#include <QDir>
#include <QPixmap>
#include <QTabWidget>

#include <functional>
#include <optional>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr QSize pictureSize(1440, 900);
/// Asks in the pool, while the window lives.
template<typename T>
Result<T> askWaiting(std::function<Result<T>(std::stop_token)> question)
{
    std::optional<Result<T>> answer;
    views::AsyncLoad<T> load([&answer](Result<T> came) { answer.emplace(std::move(came)); });
    load.ask(std::move(question));
    if (!waitUntil([&answer] { return answer.has_value(); }))
        return fail(ErrorCode::TimedOut, u"no answer came"_s);
    return std::move(*answer);
}

/// The way a person would: plan, run, look until it is over.
Status replayTransientLetters(ConsoleDataSource& data)
{
    const auto plan = askWaiting<views::ReplayPreview>([&data](std::stop_token stop) {
        return data.planReplay({.letterIds = {}, .query = u"kind:transient"_s, .to = {}}, nullptr, stop);
    });
    if (!plan)
        return tl::unexpected<Error>(plan.error());
    if (plan->messages == 0)
        return {};
    QStringList targets;
    for (const PlanCount& target : plan->targets)
        targets << target.text;
    const auto job =
        askWaiting<QString>([&data, file = plan->planFile, confirmed = targets.join(u',')](std::stop_token stop) {
            return data.runReplay({.planFile = file,
                                   .rate = {},
                                   .canary = u"1,all"_s,
                                   .settle = u"3s"_s,
                                   .stopIf = {},
                                   .confirmedTargets = confirmed,
                                   .reason = u"the payment gateway answers again"_s},
                                  stop);
        });
    if (!job)
        return tl::unexpected<Error>(job.error());
    std::optional<JobState> state;
    views::AsyncLoad<std::vector<ReplayJobRow>> load([&](Result<std::vector<ReplayJobRow>> jobs) {
        for (const ReplayJobRow& row : jobs ? *jobs : std::vector<ReplayJobRow>()) {
            if (row.jobId == *job)
                state = row.state;
        }
    });
    const bool ended = waitUntil([&] {
        if (!load.isRunning())
            load.refresh([&data](std::stop_token stop) { return data.replayJobs(stop); });
        return state && hasEnded(*state);
    });
    return ended ? Status() : fail(ErrorCode::TimedOut, u"the demo's replay did not end"_s);
}

/// The teams are told of the change that breaks one of them, and a consumer says that it is ready.
Status tellOfSchemaChange(views::SchemaSource& schemas)
{
    const auto sheet = askWaiting<SchemaSheet>([&schemas](std::stop_token stop) { return schemas.schemas(stop); });
    if (!sheet)
        return tl::unexpected<Error>(sheet.error());
    for (const SchemaNotice& notice : sheet->notices) {
        const auto told = askWaiting<std::vector<Notification>>(
            [&schemas, notice](std::stop_token stop) -> Result<std::vector<Notification>> {
                const auto preview = schemas.previewNews(notice.impact.eventType, notice.impact.to, stop);
                if (!preview)
                    return tl::unexpected<Error>(preview.error());
                for (const ConsumerImpact& consumer : notice.impact.consumers) {
                    if (consumer.isBroken)
                        continue;
                    const auto ready = schemas.acknowledge({.eventType = notice.impact.eventType,
                                                            .version = notice.impact.to,
                                                            .consumer = consumer.service,
                                                            .note = u"tested with it"_s,
                                                            .actor = {},
                                                            .at = {}},
                                                           stop);
                    if (!ready)
                        return tl::unexpected<Error>(ready.error());
                    break;
                }
                return schemas.sendNews(notice.impact.eventType, notice.impact.to, preview->digest, stop);
            });
        if (!told)
            return tl::unexpected<Error>(told.error());
    }
    return {};
}

/// The weekly meeting, as far as its second group.
Status beginReview(ConsoleDataSource& data)
{
    const auto open = askWaiting<QString>([&data](std::stop_token stop) {
        return data.openReview({u"payment-team"_s, u"order-team"_s}, stop);
    });
    if (!open)
        return tl::unexpected<Error>(open.error());
    const auto sheet = askWaiting<ReviewSheet>([&data](std::stop_token stop) { return data.reviewSheet(stop); });
    if (!sheet)
        return tl::unexpected<Error>(sheet.error());
    if (sheet->agenda.size() < 2)
        return {};
    const auto decided =
        askWaiting<ReviewOutcome>([&data, group = sheet->agenda[1].activity.group.id](std::stop_token stop) {
            return data.decideReview(group,
                                     {.verdict = reviewVerdictWord(ReviewVerdict::FixFirst),
                                      .note = u"The producer renamed a field; version 4 brings it back."_s,
                                      .action = u"Publish version 4"_s,
                                      .who = u"order-team"_s,
                                      .due = {},
                                      .seen = {}},
                                     stop);
        });
    return decided ? Status() : tl::unexpected<Error>(decided.error());
}

/// The key of a letter whose replay was confirmed, or was sent at least: there is most to tell of it. Empty: there is
/// none.
QString keyWithAStory(ConsoleDataSource& data)
{
    for (const QString& query : {u"kind:transient state:resolved"_s, u"kind:transient state:sent"_s}) {
        const auto page = askWaiting<views::LetterPage>(
            [&data, query](std::stop_token stop) { return data.letters(query, 1, stop); });
        if (page && !page->letters.empty() && page->letters.front().record.key)
            return QString::fromUtf8(*page->letters.front().record.key);
    }
    return {};
}

/// Enough samples for a trend; a chart of two points shows nothing.
Status waitForTrend(ConsoleDataSource& data)
{
    bool hasTrend = false;
    views::AsyncLoad<std::vector<LagGroupRow>> load([&hasTrend](Result<std::vector<LagGroupRow>> groups) {
        for (const LagGroupRow& group : groups ? *groups : std::vector<LagGroupRow>())
            hasTrend = hasTrend || group.trend.has_value();
    });
    const bool came = waitUntil([&] {
        if (!load.isRunning())
            load.refresh([&data](std::stop_token stop) { return data.lagGroups(stop); });
        return hasTrend;
    });
    return came ? Status() : fail(ErrorCode::TimedOut, u"the demo's groups were not sampled often enough"_s);
}

} // namespace

Result<QStringList> takeSnapshots(Workbench& workbench, views::Theme& theme, const QString& folder, bool isDemo)
{
    const QDir out(folder);
    if (!out.mkpath(u"."_s))
        return fail(ErrorCode::Unreachable, u"the folder %1 cannot be made; check its rights"_s.arg(folder));
    ConsoleDataSource& data = workbench.data();
    const auto collected = askWaiting<bool>(
        [&data](std::stop_token stop) -> Result<bool> { return data.collectNow(stop).map([] { return true; }); });
    if (!collected && isDemo)
        return tl::unexpected<Error>(collected.error()); // a real broker may be down: its screens say so
    workbench.startCollecting();
    if (isDemo) {
        if (const Status replayed = replayTransientLetters(data); !replayed)
            return tl::unexpected<Error>(replayed.error());
        if (const Status told = tellOfSchemaChange(workbench.schemas()); !told)
            return tl::unexpected<Error>(told.error());
        if (const Status sampled = waitForTrend(data); !sampled)
            return tl::unexpected<Error>(sampled.error());
        if (const Status begun = beginReview(data); !begun)
            return tl::unexpected<Error>(begun.error());
    }
    views::MainWindow& window = workbench.window();
    const QString followed = isDemo ? keyWithAStory(data) : QString();
    window.resize(pictureSize);
    window.show();
    QStringList files;
    for (const views::Theme::Mode mode : {views::Theme::Mode::Light, views::Theme::Mode::Dark}) {
        theme.setMode(mode);
        const PictureSink keep = [&](const QString& name, const QPixmap& picture) -> Status {
            const QString file =
                out.filePath(name + (mode == views::Theme::Mode::Dark ? u"-dark.png"_s : u"-light.png"_s));
            if (!picture.save(file))
                return fail(ErrorCode::Unreachable, u"%1 cannot be written; check its rights and the disk"_s.arg(file));
            files << file;
            return {};
        };
        for (views::Page* page : window.pages()) {
            window.showPage(page->id());
            if (page->id() == u"trail"_s && !followed.isEmpty() && mode == views::Theme::Mode::Light)
                page->open(followed);
            if (!waitUntil([page] { return page->isSettled(); }))
                return fail(ErrorCode::TimedOut, u"the screen %1 got no answer"_s.arg(page->id()));
            auto* tabs = page->findChild<QTabWidget*>(page->id() + u"Tabs"_s); // every tab of a screen that has some
            for (int tab = 0; tab < (tabs ? tabs->count() : 1); ++tab) {
                if (tabs)
                    tabs->setCurrentIndex(tab);
                // A tab may ask for what it shows when it comes into sight.
                if (!waitUntil([page] { return page->isSettled(); }))
                    return fail(ErrorCode::TimedOut, u"a tab of the screen %1 got no answer"_s.arg(page->id()));
                settleLayout();
                const QString name = page->id() + (tab == 0 ? QString() : u"-%1"_s.arg(tab + 1));
                if (const Status kept = keep(name, window.grab()); !kept)
                    return tl::unexpected<Error>(kept.error());
            }
            if (tabs)
                tabs->setCurrentIndex(0);
        }
        if (!isDemo)
            continue;
        if (const Status taken = takePanelPictures(window, workbench.workspace().groupingFile, keep); !taken)
            return tl::unexpected<Error>(taken.error());
    }
    return files;
}

} // namespace spillway
