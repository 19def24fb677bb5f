// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QTimer>
#include <QWidget>

#include <functional>

class QProgressBar;
class QPushButton;
class QStackedLayout;

namespace spillway::views {

class PlainTextLabel;
class StateBadge;

/// Holds a page's content and shows, in its place or above it, the states that are not "here are the rows".
/// Loading, empty, error and stale look different and each says what to do next.
class StatePane final : public QWidget
{
    Q_OBJECT
public:
    enum class State { Loading, Content, Empty, Failed };

    explicit StatePane(QWidget* content, QWidget* parent = nullptr);

    /// One thing the reader can do; `run` empty: the sentence alone.
    struct NextStep
    {
        QString text;
        std::function<void()> run;
    };

    /// The frame at once, a bar only after 300 ms. Content already shown stays.
    void showLoading(const QString& what);
    void showContent();
    /// Nothing is there: why, and the one next step.
    void showEmpty(const QString& what, const QString& why, NextStep next = {});
    /// It could not be had. With content shown before, that stays and the failure stands above it.
    void showFailure(const QString& what, const Error& error, NextStep next = {});
    /// The data stays, with its age in a line above it; an empty text takes the line away.
    void setStale(const QString& sentence);

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] bool isStale() const;
    [[nodiscard]] bool isLoading() const
    {
        return m_isLoading;
    } ///< also while content is shown and newer is on its way
    /// What the reader sees besides the content: sentences of the state, joined.
    [[nodiscard]] QString stateText() const;

private:
    void showMessage(const QString& title, const QString& body, const NextStep& next);
    void endLoading();

    State m_state = State::Loading;
    bool m_isLoading = false;
    bool m_hasContent = false;
    QTimer m_barDelay;
    QProgressBar* m_bar = nullptr;
    QWidget* m_banner = nullptr;
    StateBadge* m_bannerBadge = nullptr;
    PlainTextLabel* m_bannerText = nullptr;
    QStackedLayout* m_stack = nullptr;
    QWidget* m_content = nullptr;
    QWidget* m_page = nullptr;
    PlainTextLabel* m_title = nullptr;
    PlainTextLabel* m_body = nullptr;
    QPushButton* m_next = nullptr;
    std::function<void()> m_run;
};

/// What a failure means for the reader: the kind in words, the detail, and what to do where the kind says it.
[[nodiscard]] QString failureSentence(const Error& error);

} // namespace spillway::views
