// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/page.h"
#include "views/trail/trailsource.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/rowtable.h"

#include <QTimer>

#include <memory>

class QComboBox;
class QLineEdit;
class QPushButton;

namespace spillway::views {

class CommandLine;
class PlainTextLabel;
class StateBadge;
class TableView;

/// What happened to one key or id: everything that bears it, in time order. What is stored stands there at once; topics
/// and processing logs are read while it is looked at, and only when asked for.
class TrailPage final : public Page
{
    Q_OBJECT
public:
    /// @param source  outlives the page.
    TrailPage(const ViewContext& context, TrailSource& source);
    /// Nothing is read from brokers again because something was collected: the question has to be asked anew.
    void refresh() override;
    /// @param argument  a key or id
    void open(const QString& argument) override;
    [[nodiscard]] bool isSettled() const override;
    void takeFocus() override;
    bool leave() override;

private:
    QWidget* buildSearch();
    QWidget* buildDetail();
    void ask();
    void stopReading();
    void showTrail(Result<Trail> trail, bool isWhole);
    void showReport();
    void showProgress();
    void showDetail();
    void openRow();
    void addToFilter();
    [[nodiscard]] const TrailEntry* current() const;
    /// Terms of the query language that find dead letters of the entry's key, and its own one; empty where masks hide
    /// the key.
    [[nodiscard]] QString keyTerm(const TrailEntry& entry) const;
    [[nodiscard]] QString letterQuery(const TrailEntry& entry) const;

    TrailSource& m_source;
    RowTable<TrailEntry, QString> m_entries;
    QWidget* m_search = nullptr;
    QLineEdit* m_key = nullptr;
    QLineEdit* m_field = nullptr;
    QComboBox* m_since = nullptr;
    QPushButton* m_find = nullptr;
    QPushButton* m_stopButton = nullptr;
    TableView* m_view = nullptr;
    QWidget* m_detail = nullptr;
    StateBadge* m_kind = nullptr;
    PlainTextLabel* m_summary = nullptr;
    PlainTextLabel* m_facts = nullptr;
    QPushButton* m_letter = nullptr;
    QPushButton* m_job = nullptr;
    QPushButton* m_filter = nullptr;
    CommandLine* m_command = nullptr;
    QString m_typed; // the question that is answered, or being answered
    TrailRequest m_request;
    TrailReport m_report;
    std::optional<UtcTime> m_readAt;           // when the answer came; nullopt: none yet
    std::shared_ptr<TrailProgress> m_progress; // second owner: the reading thread, which may outlive the page
    std::stop_source m_stop;                   // of the reading: ends it with what there is
    QTimer m_tick;
    AsyncLoad<Trail> m_stored;
    AsyncLoad<Trail> m_load;
};

} // namespace spillway::views
