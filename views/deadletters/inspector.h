// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/headerrows.h"
#include "model/deadletter/lettercopy.h"
#include "model/deadletter/lettertimeline.h"
#include "model/schema/decodedpayload.h"
#include "views/deadletters/letterwords.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/rowtable.h"
#include "views/widgets/timetext.h"

#include <QWidget>

class QFormLayout;
class QStackedWidget;
class QTabBar;

namespace spillway::views {

class ComparePane;
class DataSource;
class PayloadPane;
class PayloadView;
class PlainTextLabel;
class LetterErasing;
class RescueBar;
class Prompter;
class TableView;

/// One letter from all sides: payload (pretty, tree, raw, hex), headers in their order, error with stack, source,
/// timeline, and the letter beside another message.
class Inspector final : public QWidget
{
    Q_OBJECT
public:
    enum class Side { Payload, Headers, Error, Source, Timeline, Compare };

    Inspector(DataSource& source, Prompter& prompter, QWidget* parent = nullptr);
    void show(const DeadLetter& letter, const TimeText& time, UtcTime now);
    /// What the schemas say of the letter shown: marks in its payload, or its decoded text.
    void showSchema(const DecodedPayload& payload);
    /// Time went on, or is shown in another zone.
    void setNow(const TimeText& time, UtcTime now);
    void clear(const QString& why);
    void showSide(Side side);
    /// pretty, tree, raw, hex, pretty …
    void turnForm();
    void startFinding(); ///< in the payload
    /// With another letter, which stands first.
    void compareWith(const QString& otherId);
    void openCopyMenu();
    /// Asks before what the letter says is erased for good.
    void eraseLetter();
    [[nodiscard]] QString letterId() const { return m_letter ? m_letter->id : QString(); } ///< empty: none is shown
    [[nodiscard]] bool isSettled() const;

Q_SIGNALS:
    /// For the status bar.
    void said(const QString& sentence);
    /// A term of the query language that fits what the reader pointed at.
    void filterAsked(const QString& term);
    /// The payload that the letter only pointed to is stored here now.
    void rescued();
    /// What a letter said was erased: whichever is shown is to be read anew.
    void erased();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void nameTabs();
    struct ShownHeader
    {
        int place = 0;
        HeaderRow row;
        friend bool operator==(const ShownHeader&, const ShownHeader&) = default;
    };
    QWidget* buildEraser();
    [[nodiscard]] QString leavingHeader(const ShownHeader& shown) const;
    QWidget* buildPayload();
    [[nodiscard]] QString withRescue(const QString& sentence) const;
    QWidget* buildHeaders(Prompter& prompter);
    void fillHeaderMenu(QMenu& menu, const QModelIndex& cell);
    QWidget* buildError();
    QWidget* buildLines(QFormLayout*& lines);
    void askTimeline();
    void askLoss();
    void showSource();
    void fillTimeline();
    void showTimeline(Result<std::vector<TimelineEntry>> timeline);
    void copyAs(LetterCopyForm form);
    void savePayload();

    QTabBar* m_tabs = nullptr;
    QStackedWidget* m_sides = nullptr;
    RescueBar* m_rescueBar = nullptr;
    LetterErasing* m_erasing = nullptr;
    PayloadPane* m_payload = nullptr;
    RowTable<ShownHeader, int> m_headers;
    TableView* m_headerView = nullptr;
    QFormLayout* m_errorLines = nullptr;
    PayloadView* m_stack = nullptr;
    PlainTextLabel* m_stackNote = nullptr;
    QFormLayout* m_sourceLines = nullptr;
    QFormLayout* m_timelineLines = nullptr;
    ComparePane* m_compare = nullptr;
    DataSource& m_data;
    Prompter& m_prompter;
    std::optional<DeadLetter> m_letter;    // as it is shown
    std::optional<qint64> m_headerCount;   // of it
    std::vector<TimelineEntry> m_timeline; // its own, once it was asked for
    std::optional<LetterLoss> m_loss;
    TimeText m_time;
    UtcTime m_now{};
    QString m_copyWord; // what is being copied
    AsyncLoad<std::vector<TimelineEntry>> m_timelineLoad;
    AsyncLoad<CopiedLine> m_copyLoad;
    AsyncLoad<LetterLoss> m_lossLoad;
    AsyncLoad<QString> m_saveLoad;
};

} // namespace spillway::views
